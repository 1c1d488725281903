#pragma once

#include <array>

#include "apps/medley/command.h"

namespace medley::apps {

void AddInit(CLI::App& app, Context& context);
void AddImport(CLI::App& app, Context& context);
void AddExport(CLI::App& app, Context& context);
void AddHide(CLI::App& app, Context& context);
void AddShow(CLI::App& app, Context& context);
void AddDelete(CLI::App& app, Context& context);
void AddDoctor(CLI::App& app, Context& context);
void AddEncode(CLI::App& app, Context& context);
void AddTrain(CLI::App& app, Context& context);
void AddEvaluate(CLI::App& app, Context& context);
void AddCompare(CLI::App& app, Context& context);
void AddScore(CLI::App& app, Context& context);
void AddModels(CLI::App& app, Context& context);
void AddRecommend(CLI::App& app, Context& context);
void AddSearch(CLI::App& app, Context& context);
void AddSimilar(CLI::App& app, Context& context);
void AddMedia(CLI::App& app, Context& context);
void AddServe(CLI::App& app, Context& context);
void AddVectors(CLI::App& app, Context& context);
void AddDemo(CLI::App& app, Context& context);
void AddAnalyse(CLI::App& app, Context& context);
void AddGraph(CLI::App& app, Context& context);
void AddAsk(CLI::App& app, Context& context);
void AddLlm(CLI::App& app, Context& context);
void AddDocuments(CLI::App& app, Context& context);
void AddEnrich(CLI::App& app, Context& context);
void AddProfile(CLI::App& app, Context& context);
void AddRules(CLI::App& app, Context& context);

/// Every sub-command, in the order of --help. To add one: a file NAME_command.cpp that defines
/// AddName, and a row here.
inline constexpr std::array kCommands = {
    Command{"init", &AddInit},       Command{"import", &AddImport},
    Command{"export", &AddExport},   Command{"hide", &AddHide},
    Command{"show", &AddShow},       Command{"delete", &AddDelete},
    Command{"doctor", &AddDoctor},   Command{"encode", &AddEncode},
    Command{"train", &AddTrain},     Command{"evaluate", &AddEvaluate},
    Command{"compare", &AddCompare}, Command{"score", &AddScore},
    Command{"models", &AddModels},   Command{"recommend", &AddRecommend},
    Command{"search", &AddSearch},   Command{"similar", &AddSimilar},
    Command{"media", &AddMedia},     Command{"serve", &AddServe},
    Command{"vectors", &AddVectors}, Command{"demo", &AddDemo},
    Command{"analyse", &AddAnalyse}, Command{"graph", &AddGraph},
    Command{"ask", &AddAsk},         Command{"llm", &AddLlm},
    Command{"enrich", &AddEnrich},   Command{"profile", &AddProfile},
    Command{"rules", &AddRules},     Command{"documents", &AddDocuments},
};

}  // namespace medley::apps
