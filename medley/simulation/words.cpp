#include "medley/simulation/words.h"

namespace medley::simulation {
namespace {

constexpr CategoryWords kGoods[] = {
    {{{{"running shoes", "跑鞋"}, {"ankle boots", "短靴"}, {"canvas sneakers", "帆布鞋"}, {"loafers", "乐福鞋"}, {"court shoes", "浅口鞋"}}},
     {{{"the soles grip wet stone", "鞋底踩湿石板也不打滑"}, {"they need no breaking in", "上脚无需磨合"}, {"the laces never work loose", "鞋带不易松脱"},
       {"the insoles come out to be washed", "鞋垫可拆洗"}, {"they weigh less than an apple", "比一个苹果还轻"}}}},
    {{{{"desk lamp", "台灯"}, {"pendant lamp", "吊灯"}, {"reading lamp", "阅读灯"}, {"bedside lamp", "床头灯"}, {"table lamp", "桌灯"}}},
     {{{"the light dims with a touch", "轻触即可调光"}, {"the shade throws a wide, warm pool", "灯罩洒下一片暖光"}, {"the arm stays where you leave it", "灯臂停在任意角度"},
       {"the bulb lasts fifteen years", "灯泡可用十五年"}, {"it does not flicker on camera", "拍摄时不频闪"}}}},
    {{{{"tote bag", "托特包"}, {"backpack", "双肩包"}, {"shoulder bag", "单肩包"}, {"weekend bag", "旅行袋"}, {"handbag", "手提包"}}},
     {{{"a laptop fits in the back pocket", "后袋放得下笔记本电脑"}, {"the seams are sewn twice", "接缝双线加固"}, {"the zip keeps out the rain", "拉链防雨"},
       {"it folds as flat as a letter", "可折叠成信封大小"}, {"the strap adjusts with one hand", "肩带单手可调"}}}},
    {{{{"armchair", "扶手椅"}, {"dining chair", "餐椅"}, {"swivel chair", "转椅"}, {"lounge chair", "休闲椅"}, {"reading chair", "阅读椅"}}},
     {{{"the back follows your spine", "靠背贴合脊柱"}, {"the cover comes off to be washed", "椅套可拆洗"}, {"it stacks four high", "可叠放四把"},
       {"the legs leave no mark on wood", "椅脚不伤木地板"}, {"it carries a hundred and fifty kilos", "承重一百五十公斤"}}}},
    {{{{"coffee mug", "咖啡杯"}, {"tea cup", "茶杯"}, {"travel cup", "随行杯"}, {"espresso cup", "浓缩杯"}, {"cocoa mug", "可可杯"}}},
     {{{"the handle takes four fingers", "把手容得下四指"}, {"it keeps tea hot for an hour", "热茶可保温一小时"}, {"it goes into the dishwasher", "可放洗碗机"},
       {"each glaze runs a little differently", "每只釉色都略有不同"}, {"the lid does not drip", "杯盖滴水不漏"}}}},
    {{{{"summer dress", "夏日连衣裙"}, {"evening dress", "晚礼裙"}, {"shirt dress", "衬衫裙"}, {"wrap dress", "裹身裙"}, {"party dress", "派对裙"}}},
     {{{"it has pockets", "带口袋"}, {"the hem swings when you dance", "裙摆随舞步飞扬"}, {"it needs no ironing", "免熨烫"},
       {"the waist is gathered by hand", "腰部手工抽褶"}, {"the lining breathes in the heat", "里衬透气不闷"}}}},
    {{{{"wristwatch", "腕表"}, {"field watch", "野战表"}, {"dress watch", "正装表"}, {"diving watch", "潜水表"}, {"square watch", "方形表"}}},
     {{{"it loses two seconds a month", "月误差仅两秒"}, {"the hands glow in the dark", "指针夜光"}, {"the strap changes without tools", "表带免工具更换"},
       {"the glass is hard to scratch", "镜面耐刮"}, {"it winds itself as you walk", "行走即自动上弦"}}}},
    {{{{"headphones", "头戴耳机"}, {"wireless earbuds", "无线耳塞"}, {"studio headphones", "录音棚耳机"}, {"noise-cancelling headphones", "降噪耳机"}, {"travel headphones", "旅行耳机"}}},
     {{{"the battery plays for forty hours", "续航四十小时"}, {"the pads can be replaced", "耳垫可更换"}, {"they silence a whole train", "整列火车瞬间安静"},
       {"voices sound close and clear", "人声贴耳清晰"}, {"they fold into a small case", "可折叠收入小盒"}}}}};

constexpr CategoryWords kSongs[] = {
    {{{{"jazz ballad", "爵士慢歌"}, {"swing tune", "摇摆乐曲"}, {"trumpet solo", "小号独奏"}, {"late-night jam", "深夜即兴"}, {"trio piece", "三重奏"}}},
     {{{"a walking bass carries a muted trumpet", "行走低音托起弱音小号"}, {"brushes whisper on the snare", "鼓刷在军鼓上低语"}, {"the piano answers every phrase", "钢琴句句应答"},
       {"the band swings without hurry", "乐队从容摇摆"}, {"a ride cymbal keeps the smoke moving", "叮叮镲带着烟雾流动"}}}},
    {{{{"rock anthem", "摇滚颂歌"}, {"guitar song", "吉他曲"}, {"garage single", "车库单曲"}, {"stadium song", "体育场之歌"}, {"power ballad", "力量情歌"}}},
     {{{"two guitars fight for the chorus", "两把吉他争夺副歌"}, {"the drums hit like a slammed door", "鼓点如摔门"}, {"the riff starts before the count is over", "数拍未完前奏已起"},
       {"the amps are turned up past sense", "音箱开到失去理智"}, {"a crowd shouts the last line", "人群高喊末句"}}}},
    {{{{"electronic track", "电子曲"}, {"synth anthem", "合成器颂歌"}, {"club mix", "俱乐部混音"}, {"techno cut", "铁克诺"}, {"night drive", "夜行曲"}}},
     {{{"a kick on every beat drives the room", "每拍底鼓推动全场"}, {"arpeggios climb into white light", "琶音攀向白光"}, {"the drop waits longer than you expect", "高潮迟迟才落下"},
       {"old machines hum under new drums", "老机器在新鼓点下低鸣"}, {"the bass line turns like a wheel", "低音如车轮转动"}}}},
    {{{{"string quartet", "弦乐四重奏"}, {"piano prelude", "钢琴前奏曲"}, {"adagio", "柔板"}, {"chamber piece", "室内乐"}, {"nocturne", "夜曲"}}},
     {{{"the cello sings below the violins", "大提琴在小提琴之下歌唱"}, {"a single theme returns three times", "同一主题三次重现"}, {"the orchestra breathes as one", "乐团如一人呼吸"},
       {"broken chords fall like rain", "分解和弦如雨落下"}, {"the last movement ends in silence", "末乐章归于寂静"}}}},
    {{{{"folk song", "民谣"}, {"fireside ballad", "炉边谣曲"}, {"guitar lullaby", "吉他摇篮曲"}, {"road song", "公路之歌"}, {"village tune", "乡间小调"}}},
     {{{"fingers pick an old guitar", "手指拨动老吉他"}, {"a flute follows the singer home", "笛声伴歌者归家"}, {"the verses name every hill", "歌词唱遍每座山"},
       {"it was learnt from a grandmother", "学自一位祖母"}, {"you can hear the chair creak", "能听见椅子轻响"}}}},
    {{{{"hip-hop track", "嘻哈曲"}, {"beat tape", "节拍带"}, {"block anthem", "街区颂歌"}, {"lo-fi loop", "低保真循环"}, {"freestyle", "自由说唱"}}},
     {{{"the sub bass rattles the windows", "低频震得窗户作响"}, {"the snare drags behind the beat", "军鼓拖在拍后"}, {"rhymes turn corners at speed", "韵脚高速转弯"},
       {"a dusty record loops underneath", "旧唱片在底下循环"}, {"hats tick like a taxi meter", "镲声如计价器"}}}},
    {{{{"ambient piece", "氛围曲"}, {"drone study", "长音习作"}, {"sleep music", "助眠音乐"}, {"soundscape", "声景"}, {"tape loop", "磁带循环"}}},
     {{{"long tones drift without a beat", "长音无拍漂流"}, {"chords open like fog over water", "和弦如水上雾开"}, {"bells sound from another room", "钟声自隔壁传来"},
       {"nothing happens, beautifully", "什么也没发生，却很美"}, {"the sound breathes with the sleeper", "声音随梦者呼吸"}}}},
    {{{{"bolero", "波莱罗"}, {"samba", "桑巴"}, {"salsa number", "萨尔萨"}, {"bossa nova", "波萨诺瓦"}, {"rumba", "伦巴"}}},
     {{{"claves and shakers talk across the street", "响棒与沙锤隔街对话"}, {"the piano lands off the beat", "钢琴落在弱拍"}, {"nylon strings smile in the sun", "尼龙弦在阳光里微笑"},
       {"feet move before the singer starts", "歌手未唱脚已动"}, {"the congas never sleep", "康加鼓彻夜不眠"}}}}};

constexpr CategoryWords kFilms[] = {
    {{{{"space odyssey", "太空漫游"}, {"robot story", "机器人故事"}, {"time-travel film", "时空电影"}, {"first-contact film", "初次接触"}, {"science fiction epic", "科幻史诗"}}},
     {{{"a stranded crew repairs a ship that has begun to dream", "被困船员修理一艘开始做梦的飞船"}, {"a pilot receives a message she sent tomorrow", "飞行员收到自己明天发出的讯息"},
       {"the last colony votes to switch off its sun", "最后的殖民地投票关掉太阳"}, {"a robot asks for a day off", "机器人请求休假一天"}, {"a planet answers after a thousand years", "行星在千年后回应"}}}},
    {{{{"love story", "爱情故事"}, {"romantic drama", "浪漫剧"}, {"wedding film", "婚礼电影"}, {"summer romance", "夏日恋曲"}, {"romance in letters", "书信恋情"}}},
     {{{"two rivals share one umbrella all summer", "两个对手共撑一夏的伞"}, {"letters sent to the wrong house find the right heart", "寄错的信找到对的心"}, {"a baker and a pianist keep missing each other", "面包师与钢琴家一再错过"},
       {"they meet again on the last ferry", "他们在末班渡轮重逢"}, {"a promise made at seventeen comes due", "十七岁的诺言到期"}}}},
    {{{{"ghost story", "鬼故事"}, {"haunted-house film", "鬼屋电影"}, {"horror tale", "恐怖片"}, {"midnight shocker", "午夜惊魂"}, {"folk horror", "乡野恐怖"}}},
     {{{"the house has one door more each morning", "房子每天清晨多一扇门"}, {"a lullaby plays in an empty school", "空校舍里响起摇篮曲"}, {"something under the lake learns their names", "湖底之物学会他们的名字"},
       {"the portrait blinks first", "画像先眨了眼"}, {"nobody remembers inviting the ninth guest", "没人记得请过第九位客人"}}}},
    {{{{"comedy", "喜剧"}, {"farce", "闹剧"}, {"buddy comedy", "搭档喜剧"}, {"family comedy", "家庭喜剧"}, {"office comedy", "职场喜剧"}}},
     {{{"two clowns inherit a bank", "两个小丑继承一家银行"}, {"a wedding is planned for the wrong couple", "婚礼办给了错的新人"}, {"a parrot runs for mayor and leads", "鹦鹉竞选市长并领先"},
       {"the worst band in town gets famous by mistake", "全城最差乐队意外走红"}, {"a holiday goes wrong in eleven languages", "假期用十一种语言出错"}}}},
    {{{{"action film", "动作片"}, {"car-chase thriller", "追车惊险片"}, {"heist film", "劫案片"}, {"martial-arts film", "武打片"}, {"spy film", "谍战片"}}},
     {{{"a courier has nine minutes and no brakes", "快递员只剩九分钟且没有刹车"}, {"an ex-agent takes one last train", "前特工搭上最后一班列车"}, {"the whole city is the getaway car", "整座城都是逃亡之车"},
       {"a stunt driver must lose on purpose", "特技车手必须故意输"}, {"the bridge opens at midnight", "大桥午夜开启"}}}},
    {{{{"adventure", "冒险片"}, {"mountain expedition", "登山历险"}, {"treasure hunt", "寻宝记"}, {"jungle journey", "丛林之旅"}, {"desert crossing", "穿越沙漠"}}},
     {{{"a map drawn by a child turns out to be true", "孩子画的地图竟是真的"}, {"three climbers follow a river uphill", "三名登山者逆流而上"}, {"an old guide walks her last pass", "老向导走最后一道山口"},
       {"the compass points at people", "罗盘指向人"}, {"a lost library lies beyond the snow", "失落的图书馆在雪山之后"}}}},
    {{{{"crime drama", "犯罪剧"}, {"detective story", "侦探故事"}, {"film noir", "黑色电影"}, {"courtroom thriller", "法庭惊悚"}, {"con-man film", "骗局片"}}},
     {{{"a detective hunts the man who hired him", "侦探追捕雇他的人"}, {"the only witness is paid to forget", "唯一证人受雇遗忘"}, {"a jewel is stolen twice in one night", "珠宝一夜被盗两次"},
       {"rain washes away every clue but one", "雨冲走线索只剩一条"}, {"the judge knows the thief by his whistle", "法官凭口哨认出窃贼"}}}},
    {{{{"nature film", "自然影片"}, {"ocean documentary", "海洋纪录片"}, {"wildlife film", "野生动物片"}, {"documentary", "纪录片"}, {"film about whales", "鲸鱼影片"}}},
     {{{"a whale crosses two oceans with her calf", "鲸鱼带幼崽横渡两洋"}, {"the tide brings a forest of jellyfish", "潮水带来水母之林"}, {"seabirds teach their young to fall", "海鸟教雏鸟坠落"},
       {"one reef is filmed for a thousand days", "一片珊瑚拍了一千天"}, {"the ice sings before it breaks", "冰在破裂前歌唱"}}}}};

constexpr CategoryWords kNews[] = {
    {{{{"chip plant", "芯片厂"}, {"robot laboratory", "机器人实验室"}, {"battery start-up", "电池新创公司"}, {"open-source project", "开源项目"}, {"quantum network", "量子网络"}}},
     {{{"engineers say the new part uses half the power", "工程师称新部件省电一半"}, {"the code was published on Monday", "代码已于周一公开"}, {"the first devices ship before winter", "首批设备入冬前出货"},
       {"rivals are expected to follow within a year", "对手预计一年内跟进"}, {"testers found two faults, both since mended", "测试发现两处缺陷均已修复"}}}},
    {{{{"football final", "足球决赛"}, {"basketball league", "篮球联赛"}, {"marathon", "马拉松"}, {"young goalkeeper", "年轻门将"}, {"cycling tour", "自行车赛"}}},
     {{{"the winning goal fell in the last minute", "绝杀出现在最后一分钟"}, {"the captain played on with a bandaged knee", "队长带伤缠膝作战"}, {"supporters sang for an hour after the whistle", "终场后球迷歌唱一小时"},
       {"the coach praised the defence", "教练称赞防守"}, {"tickets sold out in nine minutes", "门票九分钟售罄"}}}},
    {{{{"stock market", "股市"}, {"central bank", "央行"}, {"shipping company", "航运公司"}, {"housing market", "楼市"}, {"coffee price", "咖啡价格"}}},
     {{{"analysts had expected the opposite", "分析师原本预期相反"}, {"exports rose for the fifth month", "出口连升五月"}, {"small shops feel the change first", "小店最先感到变化"},
       {"wages grew faster than prices", "工资涨得比物价快"}, {"the index closed at a yearly high", "指数收于年内高点"}}}},
    {{{{"autumn storm", "秋季风暴"}, {"heat wave", "热浪"}, {"first snow", "初雪"}, {"flood warning", "洪水预警"}, {"dry spell", "干旱"}}},
     {{{"forecasters expect clear skies by Friday", "预报周五放晴"}, {"the rain broke a forty-year record", "降雨破四十年纪录"}, {"ferries stay in harbour until noon", "渡轮中午前停航"},
       {"farmers welcome the change", "农民欢迎天气转变"}, {"winds reached a hundred kilometres an hour", "风速达每小时百公里"}}}},
    {{{{"Moon mission", "登月任务"}, {"weather satellite", "气象卫星"}, {"space telescope", "太空望远镜"}, {"rocket launch", "火箭发射"}, {"Mars rover", "火星车"}}},
     {{{"the first pictures arrived overnight", "首批图像昨夜传回"}, {"the crew practised for three years", "乘组训练三年"}, {"the booster landed upright", "助推器直立着陆"},
       {"scientists will share the data freely", "科学家将公开数据"}, {"a small leak delayed the countdown", "小泄漏推迟倒计时"}}}},
    {{{{"museum exhibition", "博物馆展览"}, {"opera premiere", "歌剧首演"}, {"book fair", "书展"}, {"theatre festival", "戏剧节"}, {"film archive", "电影资料馆"}}},
     {{{"forty works are shown for the first time", "四十件作品首次展出"}, {"the audience stood for ten minutes", "观众起立鼓掌十分钟"}, {"entry is free on Sundays", "周日免费入场"},
       {"critics are divided, visitors are not", "评论两极而观众一致"}, {"the curator is only twenty-six", "策展人年仅二十六"}}}},
    {{{{"vaccine study", "疫苗研究"}, {"city hospital", "市立医院"}, {"sleep trial", "睡眠试验"}, {"heart clinic", "心脏诊所"}, {"school lunch plan", "校园午餐计划"}}},
     {{{"two thousand volunteers took part", "两千名志愿者参与"}, {"patients go home a day earlier", "患者提早一天出院"}, {"doctors advise a daily walk", "医生建议每日步行"},
       {"the results still need to be repeated", "结果仍需重复验证"}, {"waiting times fell by a third", "候诊时间减三分之一"}}}},
    {{{{"night train", "夜班列车"}, {"tram line", "电车线路"}, {"harbour bridge", "港湾大桥"}, {"electric bus fleet", "电动公交车队"}, {"high-speed railway", "高速铁路"}}},
     {{{"the journey now takes two hours less", "车程缩短两小时"}, {"commuters get a cheaper pass", "通勤者获更便宜月票"}, {"the work is finished ahead of time", "工程提前完工"},
       {"cyclists asked for a wider lane", "骑行者要求更宽车道"}, {"the first carriages were full", "首班车厢满载"}}}}};

constexpr CategoryWords kPosts[] = {
    {{{{"noodle soup", "汤面"}, {"homemade pasta", "手工意面"}, {"dumplings", "饺子"}, {"Sunday brunch", "周日早午餐"}, {"market salad", "市集沙拉"}}},
     {{{"the broth simmered for nine hours", "汤底熬了九小时"}, {"the herbs come from our balcony", "香草来自自家阳台"}, {"second helping already gone", "第二份已吃完"},
       {"grandma approved the sauce", "奶奶认可了酱汁"}, {"the secret is a spoon of vinegar", "秘诀是一勺醋"}}}},
    {{{{"cat nap", "猫咪午睡"}, {"puppy", "小狗"}, {"rescue dog", "领养犬"}, {"kitten", "小猫"}, {"old tomcat", "老橘猫"}}},
     {{{"she stole the warm side of the sofa", "她占了沙发最暖那边"}, {"he learnt to open the fridge", "他学会了开冰箱"}, {"those eyes want breakfast again", "这双眼又想要早饭"},
       {"the vet says he is perfect", "兽医说他很健康"}, {"one sock is missing since Tuesday", "周二起少了一只袜子"}}}},
    {{{{"beach morning", "海边清晨"}, {"old town walk", "古城漫步"}, {"island trip", "海岛之行"}, {"hilltop village", "山顶小村"}, {"sailing weekend", "帆船周末"}}},
     {{{"we missed the bus and found the view", "错过班车却遇见美景"}, {"the water is warmer than it looks", "海水比看上去暖"}, {"every lane ends in a staircase", "每条巷都通向台阶"},
       {"the bells rang as we arrived", "抵达时钟声正响"}, {"sunburnt but happy", "晒伤但开心"}}}},
    {{{{"morning run", "晨跑"}, {"track session", "跑道训练"}, {"first ten kilometres", "首个十公里"}, {"interval training", "间歇训练"}, {"hill sprint", "坡道冲刺"}}},
     {{{"new best by eleven seconds", "快了十一秒刷新纪录"}, {"legs of lead, heart of gold", "腿如铅心如金"}, {"the last lap was pure music", "最后一圈全凭音乐"},
       {"the rain made it better", "雨让它更痛快"}, {"coach finally smiled", "教练终于笑了"}}}},
    {{{{"balcony garden", "阳台花园"}, {"window herbs", "窗台香草"}, {"potted flowers", "盆栽花"}, {"tomato plants", "番茄苗"}, {"new seedlings", "新苗"}}},
     {{{"the first bud opened at dawn", "第一朵花破晓绽放"}, {"three pots and a lot of patience", "三个花盆与许多耐心"}, {"the bees have found us", "蜜蜂找到了我们"},
       {"watered with cold tea, believe it or not", "用凉茶浇的信不信由你"}, {"the neighbours ask for cuttings", "邻居来讨枝条"}}}},
    {{{{"latte art", "拿铁拉花"}, {"flat white", "澳白"}, {"corner café", "街角咖啡馆"}, {"morning espresso", "清晨浓缩"}, {"pour-over", "手冲"}}},
     {{{"the barista drew a fern today", "咖啡师今天拉了片蕨叶"}, {"beans roasted this morning", "豆子今早刚烘"}, {"the cookie did not survive the photo", "饼干没撑到拍照"},
       {"rain outside, foam inside", "窗外雨窗内奶泡"}, {"second cup, first thought", "第二杯才有第一个念头"}}}},
    {{{{"bookshelf", "书架"}, {"reading corner", "阅读角"}, {"second-hand find", "旧书淘货"}, {"poetry shelf", "诗集架"}, {"book haul", "购书成果"}}},
     {{{"sorted by colour and I regret nothing", "按颜色排列毫不后悔"}, {"found a pressed flower inside", "书里夹着一朵干花"}, {"one chapter became six", "一章变成了六章"},
       {"the owner wrote notes in the margin", "前主人写满批注"}, {"no room left, bought three more", "没地方了又买三本"}}}},
    {{{{"night skyline", "夜空天际线"}, {"rooftop view", "天台夜景"}, {"city lights", "城市灯火"}, {"late tram home", "末班电车"}, {"river at night", "夜色河岸"}}},
     {{{"every window is a small story", "每扇窗都是小故事"}, {"the last train hums below", "末班车在脚下低鸣"}, {"the river keeps the lights twice", "河水把灯火留了两遍"},
       {"too loud to sleep, too bright to leave", "太吵睡不着太亮不舍走"}, {"someone plays a saxophone on the bridge", "有人在桥上吹萨克斯"}}}}};

constexpr Word kNames[] = {
    {"Nordvik", "诺德维克"}, {"Alma Reyes", "阿尔玛"}, {"Lumen", "流明"}, {"Takeda", "武田"}, {"Oriel", "奥丽尔"}, {"Mira Chen", "陈米拉"},
    {"Halden", "哈尔登"}, {"Sora", "苍空"}, {"Bellweather", "贝尔"}, {"Juno Park", "朴俊娜"}, {"Kestrel", "红隼"}, {"Amara", "阿玛拉"},
    {"Tidewell", "潮井"}, {"Ivo Lang", "伊沃"}, {"Wren", "雷恩"}, {"Lin Yue", "林月"}, {"Castellan", "卡斯特"}, {"Noor", "努尔"},
    {"Pelham", "佩勒姆"}, {"Zhou Ming", "周明"}, {"Fern", "芬恩"}, {"Dara Okoye", "达拉"}, {"Vesper", "薇斯珀"}, {"Rosso", "罗索"},
    {"Hanae", "花江"}, {"Quill", "羽笔"}, {"Mateo Sol", "马特奥"}, {"Arden", "雅顿"}, {"Xu Lan", "徐兰"}, {"Bram", "布拉姆"},
    {"Celeste", "塞莱斯特"}, {"Odin Vale", "奥丁"}, {"Papaya", "木瓜"}, {"Greta Holm", "葛丽塔"}, {"Sable", "紫貂"}, {"Tomas Rey", "托马斯"}};
constexpr Word kPlaces[] = {
    {"Lisbon", "里斯本"}, {"Kyoto", "京都"}, {"Chengdu", "成都"}, {"Oslo", "奥斯陆"}, {"Nairobi", "内罗毕"}, {"Lima", "利马"},
    {"Hangzhou", "杭州"}, {"Porto", "波尔图"}, {"Montreal", "蒙特利尔"}, {"Hanoi", "河内"}, {"Seville", "塞维利亚"}, {"Turin", "都灵"},
    {"Busan", "釜山"}, {"Bergen", "卑尔根"}, {"Accra", "阿克拉"}, {"Kunming", "昆明"}, {"Vienna", "维也纳"}, {"Cork", "科克"},
    {"Havana", "哈瓦那"}, {"Tallinn", "塔林"}, {"Qingdao", "青岛"}, {"Jaipur", "斋浦尔"}, {"Valencia", "瓦伦西亚"}, {"Xiamen", "厦门"}};
constexpr Word kPlain[] = {{"everyday", "日常"}, {"light", "轻便"}, {"sturdy", "结实"}, {"handmade", "手工"}, {"soft", "柔软"}, {"classic", "经典"},
                           {"compact", "小巧"}, {"small-batch", "小批量"}, {"well-made", "精制"}, {"quiet", "静音"}, {"travel-ready", "便携"}, {"limited", "限量"},
                           {"fresh", "清新"}, {"award-winning", "获奖"}, {"favourite", "心爱"}, {"new", "新款"}};
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
constexpr Word kMaterials[] = {{"recycled cotton", "再生棉"}, {"brushed steel", "拉丝钢"}, {"oiled oak", "上油橡木"}, {"soft leather", "软皮"}, {"matt ceramic", "哑光陶瓷"},
                               {"washed linen", "水洗亚麻"}, {"recycled nylon", "再生尼龙"}, {"ash wood", "白蜡木"}, {"cork", "软木"}, {"merino wool", "美利奴羊毛"},
                               {"bamboo fibre", "竹纤维"}, {"aluminium", "铝材"}};
constexpr Word kOccasions[] = {{"rainy commutes", "雨天通勤"}, {"long evenings", "漫长夜晚"}, {"small flats", "小户型"}, {"slow Sundays", "慢悠悠的周日"}, {"first dates", "初次约会"},
                               {"night trains", "夜班火车"}, {"garden parties", "花园派对"}, {"late study", "深夜学习"}, {"morning walks", "清晨散步"}, {"road trips", "公路旅行"},
                               {"busy kitchens", "忙碌厨房"}, {"the first day of spring", "春天第一天"}, {"winter afternoons", "冬日午后"}, {"a friend who has everything", "什么都不缺的朋友"}};
constexpr Word kThemes[] = {{"a promise kept too long", "守得太久的诺言"}, {"brothers who do not speak", "不再说话的兄弟"}, {"leaving home", "离家"}, {"the price of a lie", "谎言的代价"},
                            {"growing old with grace", "优雅老去"}, {"a town that forgets", "遗忘的小镇"}, {"second chances", "第二次机会"}, {"courage nobody sees", "无人看见的勇气"},
                            {"a friendship across borders", "跨越国界的友谊"}, {"one summer night", "一个夏夜"}, {"money and its ghosts", "金钱与它的幽灵"}, {"what the sea takes", "大海带走之物"}};
constexpr Word kThings[] = {{"river", "河流"}, {"harbour", "港湾"}, {"garden", "花园"}, {"mirror", "镜子"}, {"winter", "冬天"}, {"lantern", "灯笼"}, {"horizon", "地平线"}, {"thunder", "雷声"},
                            {"orchard", "果园"}, {"window", "窗"}, {"satellite", "卫星"}, {"paper boat", "纸船"}, {"avenue", "大道"}, {"ember", "余烬"}, {"tide", "潮汐"}, {"sparrow", "麻雀"},
                            {"moonlight", "月光"}, {"staircase", "楼梯"}, {"carnival", "嘉年华"}, {"machine", "机器"}, {"island", "岛屿"}, {"shadow", "影子"}, {"crossing", "渡口"}, {"echo", "回声"}};
constexpr Word kQualities[] = {{"silver", "银色"}, {"last", "最后的"}, {"hollow", "空心"}, {"distant", "远方的"}, {"golden", "金色"}, {"broken", "破碎的"}, {"second", "第二个"}, {"silent", "沉默的"},
                               {"wild", "狂野的"}, {"electric", "带电的"}, {"forgotten", "被遗忘的"}, {"crooked", "弯曲的"}, {"northern", "北方的"}, {"midnight", "午夜"}, {"hidden", "隐秘的"}, {"restless", "不安的"},
                               {"glass", "玻璃"}, {"burning", "燃烧的"}, {"tender", "温柔的"}, {"borrowed", "借来的"}};

constexpr Word kGoodsTitles[] = {{"{name} {adj} {noun}", "{name}{adj}{noun}"}, {"{Adj} {noun} from {place}", "{place}{adj}{noun}"}, {"{Noun}, {adj} edition", "{noun}·{adj}版"},
                                 {"{name} {noun} no. {number}", "{name}{number}号{noun}"}, {"The {place} {noun}", "{place}款{noun}"}, {"{Adj} {noun} by {name}", "{name}出品{adj}{noun}"}};
constexpr Word kSongTitles[] = {{"{Quality} {thing}", "{quality}{thing}"}, {"{Thing} in {place}", "{place}的{thing}"}, {"Song for the {thing}", "献给{thing}的歌"}, {"{Thing} and {thing2}", "{thing}与{thing2}"},
                                {"My {quality} {thing}", "我的{quality}{thing}"}, {"Leaving {place}", "离开{place}"}, {"{Quality} as the {thing}", "如{thing}般{quality}"}};
constexpr Word kFilmTitles[] = {{"The {quality} {thing}", "{quality}{thing}"}, {"{Thing} of {place}", "{place}之{thing}"}, {"{number} nights in {place}", "{place}的{number}个夜晚"}, {"A {quality} {thing}", "一个{quality}{thing}"},
                                {"Beyond the {thing}", "越过{thing}"}, {"The {thing} and the {thing2}", "{thing}与{thing2}"}, {"Return to {place}", "重返{place}"}};
constexpr Word kNewsTitles[] = {{"{Noun} surprises {place}", "{noun}令{place}意外"}, {"{Noun} divides opinion in {place}", "{noun}在{place}引发争议"}, {"{place} prepares for {noun}", "{place}迎接{noun}"},
                                {"{place}: {noun} makes history", "{place}：{noun}创造历史"}, {"What the {noun} means for {place}", "{noun}对{place}意味着什么"}, {"{Noun} brings hope to {place}", "{noun}为{place}带来希望"},
                                {"Questions after {noun} in {place}", "{place}{noun}之后的疑问"}};
constexpr Word kPostTitles[] = {{"{Noun} in {place}", "{place}的{noun}"}, {"My {adj} {noun}", "我的{adj}{noun}"}, {"Finally: {noun}!", "终于：{noun}！"}, {"{Noun}, day {number}", "{noun}第{number}天"},
                                {"{place} and a {noun}", "{place}与{noun}"}, {"Today's {noun}", "今日{noun}"}};

constexpr Word kGoodsFirst[] = {{"{Adj} {noun} in {material}: {detail}.", "{adj}{noun}，{material}材质，{detail}。"}, {"Made in {place} of {material}; {detail}.", "{place}制造，选用{material}，{detail}。"},
                                {"{Detail}, and {material} ages well.", "{detail}，{material}越用越有味道。"}, {"Our {adj} {noun}: {detail}.", "我们的{adj}{noun}：{detail}。"},
                                {"{name} designed it around {material}, so {detail}.", "{name}以{material}为灵感设计，{detail}。"}};
constexpr Word kGoodsSecond[] = {{"Good for {occasion}.", "适合{occasion}。"}, {"Posted from {place} within {number} days.", "{place}发货，{number}天内寄出。"}, {"Guaranteed for {number} years.", "质保{number}年。"},
                                 {"A gift for {occasion}.", "{occasion}之选。"}, {"Back in stock after {number} weeks.", "时隔{number}周重新到货。"}, {"Pairs well with {occasion}.", "与{occasion}很相配。"}};
constexpr Word kSongFirst[] = {{"{Detail}.", "{detail}。"}, {"A {adj} {noun}: {detail}.", "一首{adj}{noun}：{detail}。"}, {"{name} at their most {adj}; {detail}.", "{name}最{adj}的一面，{detail}。"},
                               {"{Detail}, recorded in {place}.", "{detail}，录于{place}。"}};
constexpr Word kSongSecond[] = {{"Made for {occasion}.", "为{occasion}而作。"}, {"From the album by {name2}.", "选自{name2}的专辑。"}, {"It is about {theme}.", "唱的是{theme}。"}, {"Take number {number}, no overdubs.", "第{number}遍录音，未加修饰。"},
                                {"Written on the road to {place}.", "写于去{place}的路上。"}};
constexpr Word kFilmFirst[] = {{"{Detail}.", "{detail}。"}, {"In this {adj} {noun}, {detail}.", "在这部{adj}{noun}中，{detail}。"}, {"In {place}, {detail}.", "在{place}，{detail}。"}};
constexpr Word kFilmSecond[] = {{"Directed by {name}.", "{name}执导。"}, {"A film about {theme}.", "一部关于{theme}的电影。"}, {"With {name} and {name2}.", "{name}与{name2}主演。"}, {"Shot in {place} in {number} days.", "{number}天摄于{place}。"},
                                {"{name}'s first film, and about {theme}.", "{name}的处女作，讲述{theme}。"}};
constexpr Word kNewsFirst[] = {{"{Detail}.", "{detail}。"}, {"{name} reports from {place}: {detail}.", "{name}{place}报道：{detail}。"}, {"In {place}, {detail}.", "在{place}，{detail}。"}, {"{Detail}, officials in {place} say.", "{place}官员称，{detail}。"}};
constexpr Word kNewsSecond[] = {{"A {adj} week for the region.", "当地度过{adj}的一周。"}, {"A decision is due in {number} days.", "{number}天内将有定论。"}, {"Residents of {place} remain cautious.", "{place}居民仍然谨慎。"},
                                {"{name} calls it a turning point.", "{name}称之为转折点。"}, {"More on page {number}.", "详见第{number}版。"}};
constexpr Word kPostFirst[] = {{"{Detail}!", "{detail}！"}, {"{Noun} with {name}: {detail}.", "和{name}一起{noun}：{detail}。"}, {"{Detail}. Feeling {adj}.", "{detail}。心情{adj}。"}, {"Day {number}: {detail}.", "第{number}天：{detail}。"}};
constexpr Word kPostSecond[] = {{"Would do it again tomorrow.", "明天还想再来。"}, {"Tips for {place}, anyone?", "谁有{place}攻略？"}, {"No filter, promise.", "保证没加滤镜。"}, {"Perfect for {occasion}.", "最适合{occasion}。"},
                                {"Thank you, {name}!", "谢谢{name}！"}, {"Ask me about {theme}.", "聊聊{theme}吧。"}};

}  // namespace

const CategoryWords& WordsOf(int category) {
  const int place = category % kCategoriesPerKind;
  switch (static_cast<Kind>(category / kCategoriesPerKind)) {
    case Kind::kGoods: return kGoods[place];
    case Kind::kSong: return kSongs[place];
    case Kind::kFilm: return kFilms[place];
    case Kind::kNews: return kNews[place];
    default: return kPosts[place];
  }
}

std::span<const Word> Names() { return kNames; }
std::span<const Word> Places() { return kPlaces; }
std::span<const Word> PlainAdjectives() { return kPlain; }
std::span<const Word> StyleAdjectives(int style) { return kStyleWordsOf[style]; }
std::span<const Word> MoodAdjectives(int mood) { return kMoodWordsOf[mood]; }
std::span<const Word> Materials() { return kMaterials; }
std::span<const Word> Occasions() { return kOccasions; }
std::span<const Word> Themes() { return kThemes; }
std::span<const Word> TitleNouns() { return kThings; }
std::span<const Word> TitleAdjectives() { return kQualities; }

std::span<const Word> TitleTemplates(Kind kind) {
  switch (kind) {
    case Kind::kGoods: return kGoodsTitles;
    case Kind::kSong: return kSongTitles;
    case Kind::kFilm: return kFilmTitles;
    case Kind::kNews: return kNewsTitles;
    default: return kPostTitles;
  }
}

std::span<const Word> FirstSentences(Kind kind) {
  switch (kind) {
    case Kind::kGoods: return kGoodsFirst;
    case Kind::kSong: return kSongFirst;
    case Kind::kFilm: return kFilmFirst;
    case Kind::kNews: return kNewsFirst;
    default: return kPostFirst;
  }
}

std::span<const Word> SecondSentences(Kind kind) {
  switch (kind) {
    case Kind::kGoods: return kGoodsSecond;
    case Kind::kSong: return kSongSecond;
    case Kind::kFilm: return kFilmSecond;
    case Kind::kNews: return kNewsSecond;
    default: return kPostSecond;
  }
}

}  // namespace medley::simulation
