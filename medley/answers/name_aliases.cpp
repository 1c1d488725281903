#include "medley/answers/name_aliases.h"

#include <string>
#include <string_view>
#include <vector>

namespace medley::answers {
namespace {

struct Aliases {
  std::string_view name;  ///< folded
  std::string_view said;  ///< what people say, between bars
};

constexpr Aliases kAliases[] = {
    {"comedy", "|comedies|comedic|funny|喜剧|搞笑|"},
    {"drama", "|dramas|dramatic|剧情|"},
    {"action", "|动作|"},
    {"romance", "|romances|romantic|love story|love stories|爱情|浪漫|"},
    {"thriller", "|thrillers|惊悚|"},
    {"crime", "|犯罪|"},
    {"adventure", "|adventures|冒险|"},
    {"family", "|children s|kids|家庭|儿童|"},
    {"mystery", "|mysteries|悬疑|推理|"},
    {"fantasy", "|fantasies|奇幻|"},
    {"sci fi", "|science fiction|scifi|sf|科幻|"},
    {"science fiction", "|sci fi|scifi|科幻|"},
    {"horror", "|scary|frightening|恐怖|"},
    {"biography", "|biographies|biopic|biopics|biographical|传记|"},
    {"war", "|战争|"},
    {"history", "|historical|历史|"},
    {"music", "|音乐|"},
    {"musical", "|musicals|歌舞|音乐剧|"},
    {"documentary", "|documentaries|纪录|"},
    {"animation", "|animations|animated|cartoon|cartoons|动画|"},
    {"sport", "|sports|体育|运动|"},
    {"western", "|westerns|西部|"},
    {"film noir", "|noir|黑色|"},
    {"short", "|shorts|短片|"},
    {"english", "|英语|英文|"},
    {"french", "|法语|法文|"},
    {"german", "|德语|"},
    {"italian", "|意大利语|"},
    {"spanish", "|西班牙语|"},
    {"japanese", "|日语|日文|"},
    {"mandarin", "|普通话|国语|"},
    {"chinese", "|中文|汉语|"},
    {"cantonese", "|粤语|"},
    {"russian", "|俄语|"},
    {"korean", "|韩语|"},
    {"usa", "|american|america|united states|us|u s|u.s|美国|"},
    {"uk", "|british|britain|united kingdom|england|英国|"},
    {"france", "|french|法国|"},
    {"germany", "|german|德国|"},
    {"italy", "|italian|意大利|"},
    {"spain", "|spanish|西班牙|"},
    {"japan", "|japanese|日本|"},
    {"china", "|chinese|中国|"},
    {"hong kong", "|香港|"},
    {"taiwan", "|taiwanese|台湾|"},
    {"canada", "|canadian|加拿大|"},
    {"australia", "|australian|澳大利亚|"},
    {"russia", "|russian|俄罗斯|"},
    {"south korea", "|korean|korea|韩国|"},
    {"india", "|indian|印度|"},
    {"ireland", "|irish|爱尔兰|"},
    {"sweden", "|swedish|瑞典|"},
    {"mexico", "|mexican|墨西哥|"},
};

}  // namespace

std::vector<std::string_view> OtherNames(std::string_view folded) {
  std::vector<std::string_view> names;
  if (folded.empty()) return names;
  const std::string asked = "|" + std::string(folded) + "|";
  for (const auto& alias : kAliases) {
    if (alias.said.find(asked) != std::string_view::npos) names.push_back(alias.name);
  }
  return names;
}

}  // namespace medley::answers
