#include "medley/simulation/words.h"

namespace medley::simulation {
namespace {

constexpr Word kNames[] = {
    {"Nordvik", "诺德维克"},  {"Alma Reyes", "阿尔玛"}, {"Lumen", "流明"},
    {"Takeda", "武田"},       {"Oriel", "奥丽尔"},      {"Mira Chen", "陈米拉"},
    {"Halden", "哈尔登"},     {"Sora", "苍空"},         {"Bellweather", "贝尔"},
    {"Juno Park", "朴俊娜"},  {"Kestrel", "红隼"},      {"Amara", "阿玛拉"},
    {"Tidewell", "潮井"},     {"Ivo Lang", "伊沃"},     {"Wren", "雷恩"},
    {"Lin Yue", "林月"},      {"Castellan", "卡斯特"},  {"Noor", "努尔"},
    {"Pelham", "佩勒姆"},     {"Zhou Ming", "周明"},    {"Fern", "芬恩"},
    {"Dara Okoye", "达拉"},   {"Vesper", "薇斯珀"},     {"Rosso", "罗索"},
    {"Hanae", "花江"},        {"Quill", "羽笔"},        {"Mateo Sol", "马特奥"},
    {"Arden", "雅顿"},        {"Xu Lan", "徐兰"},       {"Bram", "布拉姆"},
    {"Celeste", "塞莱斯特"},  {"Odin Vale", "奥丁"},    {"Papaya", "木瓜"},
    {"Greta Holm", "葛丽塔"}, {"Sable", "紫貂"},        {"Tomas Rey", "托马斯"}};
constexpr Word kPlaces[] = {
    {"Lisbon", "里斯本"},     {"Kyoto", "京都"},    {"Chengdu", "成都"},      {"Oslo", "奥斯陆"},
    {"Nairobi", "内罗毕"},    {"Lima", "利马"},     {"Hangzhou", "杭州"},     {"Porto", "波尔图"},
    {"Montreal", "蒙特利尔"}, {"Hanoi", "河内"},    {"Seville", "塞维利亚"},  {"Turin", "都灵"},
    {"Busan", "釜山"},        {"Bergen", "卑尔根"}, {"Accra", "阿克拉"},      {"Kunming", "昆明"},
    {"Vienna", "维也纳"},     {"Cork", "科克"},     {"Havana", "哈瓦那"},     {"Tallinn", "塔林"},
    {"Qingdao", "青岛"},      {"Jaipur", "斋浦尔"}, {"Valencia", "瓦伦西亚"}, {"Xiamen", "厦门"}};
constexpr Word kPlain[] = {{"everyday", "日常"},
                           {"light", "轻便"},
                           {"sturdy", "结实"},
                           {"handmade", "手工"},
                           {"soft", "柔软"},
                           {"classic", "经典"},
                           {"compact", "小巧"},
                           {"small-batch", "小批量"},
                           {"well-made", "精制"},
                           {"quiet", "静音"},
                           {"travel-ready", "便携"},
                           {"limited", "限量"},
                           {"fresh", "清新"},
                           {"award-winning", "获奖"},
                           {"favourite", "心爱"},
                           {"new", "新款"}};
constexpr Word kStyleWordsOf[kStyles][4] = {
    {{"minimal", "极简"}, {"plain", "素净"}, {"clean-lined", "线条利落"}, {"pared-back", "简约"}},
    {{"vintage", "复古"}, {"retro", "怀旧"}, {"old-school", "老派"}, {"antique-look", "古董风"}},
    {{"playful", "俏皮"}, {"quirky", "趣怪"}, {"polka-dot", "波点"}, {"cheeky", "顽皮"}},
    {{"elegant", "优雅"}, {"refined", "精致"}, {"gilded", "鎏金"}, {"graceful", "典雅"}},
    {{"bold", "大胆"}, {"striking", "醒目"}, {"loud", "张扬"}, {"graphic", "撞色"}},
    {{"natural", "自然风"}, {"earthy", "大地系"}, {"leafy", "草木纹"}, {"organic", "有机"}}};
constexpr Word kMoodWordsOf[kMoods][4] = {
    {{"calm", "宁静"}, {"gentle", "温柔"}, {"peaceful", "平和"}, {"unhurried", "从容"}},
    {{"happy", "欢快"}, {"cheerful", "愉快"}, {"sunny", "阳光"}, {"joyful", "喜悦"}},
    {{"melancholy", "忧伤"}, {"wistful", "怅惘"}, {"lonely", "孤独"}, {"bittersweet", "苦乐参半"}},
    {{"energetic", "活力"}, {"driving", "强劲"}, {"breathless", "激昂"}, {"fast-paced", "快节奏"}},
    {{"tense", "紧张"}, {"uneasy", "不安"}, {"dark", "阴暗"}, {"gripping", "扣人心弦"}},
    {{"dreamy", "梦幻"}, {"hazy", "朦胧"}, {"floating", "飘浮"}, {"otherworldly", "空灵"}}};
constexpr Word kMaterials[kCategoriesPerKind][4] = {{{"soft leather", "软皮"},
                                                     {"recycled cotton", "再生棉"},
                                                     {"merino wool", "美利奴羊毛"},
                                                     {"recycled nylon", "再生尼龙"}},
                                                    {{"brushed steel", "拉丝钢"},
                                                     {"oiled oak", "上油橡木"},
                                                     {"opal glass", "乳白玻璃"},
                                                     {"washed linen", "水洗亚麻"}},
                                                    {{"soft leather", "软皮"},
                                                     {"waxed canvas", "蜡帆布"},
                                                     {"recycled nylon", "再生尼龙"},
                                                     {"cork", "软木"}},
                                                    {{"oiled oak", "上油橡木"},
                                                     {"ash wood", "白蜡木"},
                                                     {"boiled wool", "毡化羊毛"},
                                                     {"cotton velvet", "棉绒"}},
                                                    {{"matt ceramic", "哑光陶瓷"},
                                                     {"enamelled steel", "搪瓷钢"},
                                                     {"stoneware", "炻器"},
                                                     {"bamboo fibre", "竹纤维"}},
                                                    {{"washed linen", "水洗亚麻"},
                                                     {"recycled cotton", "再生棉"},
                                                     {"silk", "真丝"},
                                                     {"merino wool", "美利奴羊毛"}},
                                                    {{"brushed steel", "拉丝钢"},
                                                     {"titanium", "钛金属"},
                                                     {"soft leather", "软皮"},
                                                     {"recycled nylon", "再生尼龙"}},
                                                    {{"aluminium", "铝材"},
                                                     {"recycled plastic", "再生塑料"},
                                                     {"soft leather", "软皮"},
                                                     {"walnut", "胡桃木"}}};
constexpr Word kOccasions[] = {{"rainy commutes", "雨天通勤"},
                               {"long evenings", "漫长夜晚"},
                               {"small flats", "小户型"},
                               {"slow Sundays", "慢悠悠的周日"},
                               {"first dates", "初次约会"},
                               {"night trains", "夜班火车"},
                               {"garden parties", "花园派对"},
                               {"late study", "深夜学习"},
                               {"morning walks", "清晨散步"},
                               {"road trips", "公路旅行"},
                               {"busy kitchens", "忙碌厨房"},
                               {"the first day of spring", "春天第一天"},
                               {"winter afternoons", "冬日午后"},
                               {"a friend who has everything", "什么都不缺的朋友"}};
constexpr Word kThemes[] = {{"a promise kept too long", "守得太久的诺言"},
                            {"brothers who do not speak", "不再说话的兄弟"},
                            {"leaving home", "离家"},
                            {"the price of a lie", "谎言的代价"},
                            {"growing old with grace", "优雅老去"},
                            {"a town that forgets", "遗忘的小镇"},
                            {"second chances", "第二次机会"},
                            {"courage nobody sees", "无人看见的勇气"},
                            {"a friendship across borders", "跨越国界的友谊"},
                            {"one summer night", "一个夏夜"},
                            {"money and its ghosts", "金钱与它的幽灵"},
                            {"what the sea takes", "大海带走之物"}};
constexpr Word kThings[] = {
    {"river", "河流"},     {"harbour", "港湾"},   {"garden", "花园"},     {"mirror", "镜子"},
    {"winter", "冬天"},    {"lantern", "灯笼"},   {"horizon", "地平线"},  {"thunder", "雷声"},
    {"orchard", "果园"},   {"window", "窗"},      {"satellite", "卫星"},  {"paper boat", "纸船"},
    {"avenue", "大道"},    {"ember", "余烬"},     {"tide", "潮汐"},       {"sparrow", "麻雀"},
    {"moonlight", "月光"}, {"staircase", "楼梯"}, {"carnival", "嘉年华"}, {"machine", "机器"},
    {"island", "岛屿"},    {"shadow", "影子"},    {"crossing", "渡口"},   {"echo", "回声"}};
constexpr Word kQualities[] = {
    {"silver", "银色"},     {"last", "最后的"},        {"hollow", "空心"},
    {"distant", "远方的"},  {"golden", "金色"},        {"broken", "破碎的"},
    {"second", "第二个"},   {"silent", "沉默的"},      {"wild", "狂野的"},
    {"electric", "带电的"}, {"forgotten", "被遗忘的"}, {"crooked", "弯曲的"},
    {"northern", "北方的"}, {"midnight", "午夜"},      {"hidden", "隐秘的"},
    {"restless", "不安的"}, {"glass", "玻璃"},         {"burning", "燃烧的"},
    {"tender", "温柔的"},   {"borrowed", "借来的"}};

constexpr Word kGoodsTitles[] = {{"{name} {adj} {noun}", "{name}{adj}{noun}"},
                                 {"{Adj} {noun} from {place}", "{place}{adj}{noun}"},
                                 {"{Noun}, {adj} edition", "{noun}·{adj}版"},
                                 {"{name} {noun} no. {number}", "{name}{number}号{noun}"},
                                 {"The {place} {noun}", "{place}款{noun}"},
                                 {"{Adj} {noun} by {name}", "{name}出品{adj}{noun}"}};
constexpr Word kSongTitles[] = {{"{Quality} {thing}", "{quality}{thing}"},
                                {"{Thing} in {place}", "{place}的{thing}"},
                                {"Song for the {thing}", "献给{thing}的歌"},
                                {"{Thing} and {thing2}", "{thing}与{thing2}"},
                                {"My {quality} {thing}", "我的{quality}{thing}"},
                                {"Leaving {place}", "离开{place}"},
                                {"When the {thing} sleeps", "{thing}入睡时"},
                                {"{Thing}, part {number}", "{thing}·其{number}"}};
constexpr Word kFilmTitles[] = {{"The {quality} {thing}", "{quality}{thing}"},
                                {"{Thing} of {place}", "{place}之{thing}"},
                                {"{number} nights in {place}", "{place}的{number}个夜晚"},
                                {"Night of the {quality} {thing}", "{quality}{thing}之夜"},
                                {"Beyond the {thing}", "越过{thing}"},
                                {"The {thing} and the {thing2}", "{thing}与{thing2}"},
                                {"Return to {place}", "重返{place}"}};
constexpr Word kNewsTitles[] = {{"{Noun} surprises {place}", "{noun}令{place}意外"},
                                {"{Noun} divides opinion in {place}", "{noun}在{place}引发争议"},
                                {"{place} prepares for {noun}", "{place}迎接{noun}"},
                                {"{place}: {noun} makes history", "{place}：{noun}创造历史"},
                                {"What the {noun} means for {place}", "{noun}对{place}意味着什么"},
                                {"{Noun} brings hope to {place}", "{noun}为{place}带来希望"},
                                {"Questions after {noun} in {place}", "{place}{noun}之后的疑问"}};
constexpr Word kPostTitles[] = {{"{Noun} in {place}", "{place}的{noun}"},
                                {"My {adj} {noun}", "我的{adj}{noun}"},
                                {"Finally: {noun}!", "终于：{noun}！"},
                                {"{Noun}, day {number}", "{noun}第{number}天"},
                                {"{place} and a {noun}", "{place}与{noun}"},
                                {"Today's {noun}", "今日{noun}"}};

constexpr Word kGoodsFirst[] = {
    {"{Adj} {noun} in {material}: {detail}.", "{adj}{noun}，{material}材质，{detail}。"},
    {"Made in {place} of {material}; {detail}.", "{place}制造，选用{material}，{detail}。"},
    {"{Detail}, and {material} ages well.", "{detail}，{material}越用越有味道。"},
    {"Our {adj} {noun}: {detail}.", "我们的{adj}{noun}：{detail}。"},
    {"{name} designed it around {material}, so {detail}.",
     "{name}以{material}为灵感设计，{detail}。"}};
constexpr Word kGoodsSecond[] = {
    {"Good for {occasion}.", "适合{occasion}。"},
    {"Posted from {place} within {number} days.", "{place}发货，{number}天内寄出。"},
    {"Guaranteed for {number} years.", "质保{number}年。"},
    {"A gift for {occasion}.", "{occasion}之选。"},
    {"Back in stock after {number} weeks.", "时隔{number}周重新到货。"},
    {"Pairs well with {occasion}.", "与{occasion}很相配。"}};
constexpr Word kSongFirst[] = {
    {"{Detail}.", "{detail}。"},
    {"A {adj} {noun}: {detail}.", "一首{adj}的{noun}：{detail}。"},
    {"{name} at their most {adj}; {detail}.", "{name}{adj}的一面，{detail}。"},
    {"{Detail}, recorded in {place}.", "{detail}，录于{place}。"}};
constexpr Word kSongSecond[] = {
    {"Made for {occasion}.", "为{occasion}而作。"},
    {"From the album by {name2}.", "选自{name2}的专辑。"},
    {"It is about {theme}.", "唱的是{theme}。"},
    {"Take number {number}, no overdubs.", "第{number}遍录音，未加修饰。"},
    {"Written on the road to {place}.", "写于去{place}的路上。"}};
constexpr Word kFilmFirst[] = {
    {"{Detail}.", "{detail}。"},
    {"In this {adj} {noun}, {detail}.", "在这部{adj}的{noun}中，{detail}。"},
    {"In {place}, {detail}.", "在{place}，{detail}。"}};
constexpr Word kFilmSecond[] = {
    {"Directed by {name}.", "{name}执导。"},
    {"A film about {theme}.", "一部关于{theme}的电影。"},
    {"With {name} and {name2}.", "{name}与{name2}主演。"},
    {"Shot in {place} in {number} days.", "{number}天摄于{place}。"},
    {"{name}'s first film, and about {theme}.", "{name}的处女作，讲述{theme}。"}};
constexpr Word kNewsFirst[] = {
    {"{Detail}.", "{detail}。"},
    {"{name} reports from {place}: {detail}.", "{name}{place}报道：{detail}。"},
    {"In {place}, {detail}.", "在{place}，{detail}。"},
    {"{Detail}, officials in {place} say.", "{place}官员称，{detail}。"}};
constexpr Word kNewsSecond[] = {{"A {adj} week for the region.", "当地度过{adj}的一周。"},
                                {"A decision is due in {number} days.", "{number}天内将有定论。"},
                                {"Residents of {place} remain cautious.", "{place}居民仍然谨慎。"},
                                {"{name} calls it a turning point.", "{name}称之为转折点。"},
                                {"More on page {number}.", "详见第{number}版。"}};
constexpr Word kPostFirst[] = {{"{Detail}!", "{detail}！"},
                               {"{Noun} with {name}: {detail}.", "和{name}一起{noun}：{detail}。"},
                               {"{Detail}. Feeling {adj}.", "{detail}。心情{adj}。"},
                               {"Day {number}: {detail}.", "第{number}天：{detail}。"}};
constexpr Word kPostSecond[] = {{"Would do it again tomorrow.", "明天还想再来。"},
                                {"Tips for {place}, anyone?", "谁有{place}攻略？"},
                                {"No filter, promise.", "保证没加滤镜。"},
                                {"Perfect for {occasion}.", "最适合{occasion}。"},
                                {"Thank you, {name}!", "谢谢{name}！"},
                                {"Ask me about {theme}.", "聊聊{theme}吧。"}};

}  // namespace

std::span<const Word> Names() { return kNames; }
std::span<const Word> Places() { return kPlaces; }
std::span<const Word> PlainAdjectives() { return kPlain; }
std::span<const Word> StyleAdjectives(int style) { return kStyleWordsOf[style]; }
std::span<const Word> MoodAdjectives(int mood) { return kMoodWordsOf[mood]; }
std::span<const Word> Materials(int category) { return kMaterials[category % kCategoriesPerKind]; }
std::span<const Word> Occasions() { return kOccasions; }
std::span<const Word> Themes() { return kThemes; }
std::span<const Word> TitleNouns() { return kThings; }
std::span<const Word> TitleAdjectives() { return kQualities; }

std::span<const Word> TitleTemplates(Kind kind) {
  switch (kind) {
    case Kind::kGoods:
      return kGoodsTitles;
    case Kind::kSong:
      return kSongTitles;
    case Kind::kFilm:
      return kFilmTitles;
    case Kind::kNews:
      return kNewsTitles;
    default:
      return kPostTitles;
  }
}

std::span<const Word> FirstSentences(Kind kind) {
  switch (kind) {
    case Kind::kGoods:
      return kGoodsFirst;
    case Kind::kSong:
      return kSongFirst;
    case Kind::kFilm:
      return kFilmFirst;
    case Kind::kNews:
      return kNewsFirst;
    default:
      return kPostFirst;
  }
}

std::span<const Word> SecondSentences(Kind kind) {
  switch (kind) {
    case Kind::kGoods:
      return kGoodsSecond;
    case Kind::kSong:
      return kSongSecond;
    case Kind::kFilm:
      return kFilmSecond;
    case Kind::kNews:
      return kNewsSecond;
    default:
      return kPostSecond;
  }
}

}  // namespace medley::simulation
