#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/stop_signal.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/catalogue.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/text/pack_analyser.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"
#include "medley/text/analyser.h"
#include "medley/text/corpus.h"
#include "medley/text/keywords.h"
#include "medley/text/part_of_speech.h"
#include "medley/text/topics.h"
#include "medley/text/word_vectors.h"
#include "medley/understanding/sentiment.h"

namespace medley::apps {
namespace {

constexpr std::size_t kLongestText = std::size_t{256} << 20;

struct AnalyseArguments {
  std::string text;
  bool topics = false;
  std::string similar_words;
  bool vector = false;
  std::string sentiment;
  std::size_t n = 10;
  std::size_t n_topics = 20;
  std::string locale = "en";
  bool json = false;
};

/// The text given, or all of standard input.
Result<std::string> TextToAnalyse(const AnalyseArguments& arguments) {
  if (!arguments.text.empty()) return arguments.text;
  std::string text;
  std::vector<char> block(1 << 20);
  while (std::cin.read(block.data(), static_cast<std::streamsize>(block.size())) ||
         std::cin.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > kLongestText) {
      return Fail(ErrorCode::kLimitExceeded,
                  "the text is longer than 256 MiB: analyse it in parts");
    }
  }
  return text;
}

using Sentences = std::vector<std::vector<std::string>>;

Sentences TermsOf(const text::Analyser& analyser, std::string_view text) {
  Sentences sentences;
  analyser.ForEachSentence(text, [&](std::span<const text::Word> sentence) {
    if (auto terms = text::MeaningfulTerms(sentence); !terms.empty())
      sentences.push_back(std::move(terms));
  });
  return sentences;
}

/// Adds the texts to the corpus, in their order, and forgets them.
void AddTexts(const text::Analyser& analyser,
              std::vector<std::string>& texts,
              text::Corpus& corpus) {
  constexpr std::size_t kGrain = 64;
  std::vector<Sentences> terms(texts.size());
  ParallelFor(texts.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) terms[i] = TermsOf(analyser, texts[i]);
  });
  for (const auto& sentences : terms) corpus.Add(sentences);
  texts.clear();
}

/// Every item's texts; hidden ones too, which are part of the language. Errors: the store's.
Result<text::Corpus> CorpusOf(const storage::Workspace& workspace, const text::Analyser& analyser) {
  constexpr std::size_t kTogether = 8192;
  text::Corpus corpus;
  std::vector<std::string> texts;
  const auto read = workspace.store().ForEachItem([&](const storage::StoredItem& stored) {
    texts.push_back(data::EncodableText(stored.item, std::numeric_limits<std::size_t>::max()));
    if (texts.size() == kTogether) AddTexts(analyser, texts, corpus);
    return !StopOnSignals().cancelled();
  });
  MEDLEY_RETURN_IF_ERROR(read);
  if (StopOnSignals().cancelled()) return Fail(ErrorCode::kCancelled, "stopped");
  AddTexts(analyser, texts, corpus);
  return corpus;
}

bool HasWorkspace(const Context& context) {
  return std::filesystem::exists(context.workspace / "medley.toml");
}

Json ToJson(const std::vector<text::Keyword>& keywords) {
  Json out = Json::array();
  for (const auto& [term, score] : keywords) out.push_back({{"term", term}, {"score", score}});
  return out;
}

/// The sentences as rows of words. Written piece by piece: a long text has more words than fit
/// into memory as JSON.
class WordPrinter {
 public:
  explicit WordPrinter(const AnalyseArguments& arguments) : arguments_(arguments) {}

  void Begin() const {
    if (arguments_.json) std::printf("{\"sentences\":[");
  }
  void Print(std::span<const text::Word> sentence) {
    if (!arguments_.json) {
      for (const auto& word : sentence) {
        std::printf("%.*s/%s ",
                    static_cast<int>(word.token.text.size()),
                    word.token.text.data(),
                    std::string(text::PartOfSpeechName(word.part, arguments_.locale)).c_str());
      }
      std::printf("\n");
      return;
    }
    Json words = Json::array();
    for (const auto& word : sentence) {
      words.push_back({{"text", word.token.text},
                       {"part", text::PartOfSpeechName(word.part, arguments_.locale)},
                       {"tag", word.tag},
                       {"term", word.term}});
    }
    std::printf("%s%s", any_ ? "," : "", DumpJson(words).c_str());
    any_ = true;
  }
  /// Closes the sentences; `more` are further keys of the object.
  void End(const Json& more) const {
    if (!arguments_.json) return;
    std::string rest = DumpJson(more);
    rest.front() = more.empty() ? ' ' : ',';
    std::printf("]%s\n", rest.c_str());
  }

 private:
  const AnalyseArguments& arguments_;
  bool any_ = false;
};

void PrintKeywords(const char* english,
                   const char* chinese,
                   const std::vector<text::Keyword>& keywords,
                   const AnalyseArguments& arguments) {
  std::string line;
  for (const auto& keyword : keywords) line += (line.empty() ? "" : ", ") + keyword.term;
  const bool zh = arguments.locale.starts_with("zh");
  if (!line.empty())
    std::printf("%s%s%s\n", zh ? chinese : english, zh ? "：" : ": ", line.c_str());
}

/// The vector of the whole text, as the encoder of the workspace or of the pack gives it.
Result<std::vector<float>> VectorOf(const Context& context, const std::string& text) {
  std::map<std::string, std::string> settings;
  if (HasWorkspace(context)) {
    MEDLEY_ASSIGN_OR_RETURN(const auto workspace, context.OpenWorkspace());
    settings = workspace.Section("encoders.text");
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto encoder,
                          encoders::MakeEncoder(data::Modality::kText, settings));
  linalg::Matrix vector(1, encoder->dimension());
  const encoders::Input input = text;
  MEDLEY_RETURN_IF_ERROR(
      encoder->Encode(std::span(&input, 1), encoders::TextRole::kPassage, vector.View()));
  const auto row = vector.Row(0);
  return std::vector<float>(row.begin(), row.end());
}

/// How the text speaks of things, by the model named.
Result<Json> SentimentOf(const std::string& model,
                         const std::string& text,
                         const text::Analyser& analyser) {
  MEDLEY_ASSIGN_OR_RETURN(auto sentiment, understanding::Sentiment::Open(model));
  MEDLEY_ASSIGN_OR_RETURN(const auto whole, sentiment.Polarities(std::span(&text, 1)));
  MEDLEY_ASSIGN_OR_RETURN(const auto aspects, sentiment.Aspects(text, analyser));
  Json out = {{"polarity", whole.front()}, {"aspects", Json::array()}};
  for (const auto& aspect : aspects) {
    out["aspects"].push_back(
        {{"noun", aspect.noun}, {"opinion", aspect.opinion}, {"polarity", aspect.polarity}});
  }
  return out;
}

void PrintSentiment(const Json& sentiment, bool chinese) {
  std::printf("%s%+.2f\n", chinese ? "情感：" : "Sentiment: ", sentiment["polarity"].get<double>());
  for (const Json& aspect : sentiment["aspects"]) {
    std::printf("  %+.2f  %s: %s\n",
                aspect["polarity"].get<double>(),
                aspect["noun"].get<std::string>().c_str(),
                aspect["opinion"].get<std::string>().c_str());
  }
}

Status AnalyseText(const Context& context, const AnalyseArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto text, TextToAnalyse(arguments));
  MEDLEY_ASSIGN_OR_RETURN(const auto analyser, encoders::OpenPackAnalyser());
  text::Corpus background;
  if (HasWorkspace(context)) {
    MEDLEY_ASSIGN_OR_RETURN(const auto workspace, context.OpenWorkspace());
    MEDLEY_ASSIGN_OR_RETURN(background, CorpusOf(workspace, analyser));
  }
  Json more = Json::object();
  if (arguments.vector) {
    MEDLEY_ASSIGN_OR_RETURN(more["vector"], VectorOf(context, text));
  }
  if (!arguments.sentiment.empty()) {
    MEDLEY_ASSIGN_OR_RETURN(more["sentiment"], SentimentOf(arguments.sentiment, text, analyser));
  }
  WordPrinter printer(arguments);
  Sentences sentences;
  printer.Begin();
  analyser.ForEachSentence(text, [&](std::span<const text::Word> sentence) {
    printer.Print(sentence);
    if (auto terms = text::MeaningfulTerms(sentence); !terms.empty())
      sentences.push_back(std::move(terms));
  });
  const auto frequent = text::KeywordsByFrequency(sentences, background, arguments.n);
  const auto ranked = text::KeywordsByTextRank(sentences, arguments.n);
  more["keywords"] = {{"tf_idf", ToJson(frequent)},
                      {"text_rank", ToJson(ranked)},
                      {"background_documents", background.documents().size()}};
  printer.End(more);
  if (arguments.json) return {};
  PrintKeywords("Keywords (TF-IDF)", "关键词（TF-IDF）", frequent, arguments);
  PrintKeywords("Keywords (TextRank)", "关键词（TextRank）", ranked, arguments);
  if (more.contains("sentiment"))
    PrintSentiment(more["sentiment"], arguments.locale.starts_with("zh"));
  return {};
}

/// A corpus of the catalogue that is large enough to learn from. Errors: kNotFound saying what is
/// missing.
Result<text::Corpus> CatalogueCorpus(const Context& context, const text::Analyser& analyser) {
  constexpr std::size_t kLeastDocuments = 3;
  constexpr std::size_t kLeastWords = 10;
  MEDLEY_ASSIGN_OR_RETURN(const auto workspace, context.OpenWorkspace());
  MEDLEY_ASSIGN_OR_RETURN(auto corpus, CorpusOf(workspace, analyser));
  corpus.DropRareWords(kLeastDocuments);
  if (corpus.n_words() < kLeastWords) {
    return Fail(ErrorCode::kNotFound,
                "the catalogue's texts have too few words in common to learn from: import items "
                "with titles and descriptions");
  }
  return corpus;
}

/// The topics, those with the greatest share first, with their most probable words.
Json TopicsJson(const text::TopicModel& model, const text::Corpus& corpus, std::size_t n) {
  Json topics = Json::array();
  for (const auto& [topic, share] : linalg::TopK(model.shares(), model.shares().size())) {
    Json words = Json::array();
    for (const auto& [word, probability] : linalg::TopK(model.words().Row(topic), n))
      words.push_back({{"word", corpus.word(word)}, {"probability", probability}});
    topics.push_back({{"share", share}, {"words", std::move(words)}});
  }
  return topics;
}

void PrintTopics(const Json& topics, const Json& quality, bool chinese) {
  for (const Json& topic : topics) {
    std::string line;
    for (const Json& word : topic["words"]) line += " " + word["word"].get<std::string>();
    std::printf("%5.1f %% %s\n", 100 * topic["share"].get<double>(), line.c_str());
  }
  const auto held_out = quality["held_out"].get<std::size_t>();
  const auto perplexity = quality["perplexity"].get<double>();
  const auto by_words = quality["unigram_perplexity"].get<double>();
  if (chinese)
    std::printf("未参与训练的 %zu 个文档的困惑度：%.0f（只看词频：%.0f）\n",
                held_out,
                perplexity,
                by_words);
  else
    std::printf("Perplexity of %zu documents held out: %.0f (by the words' frequencies: %.0f)\n",
                held_out,
                perplexity,
                by_words);
}

/// The documents to learn topics from, and each tenth that is held out, to see whether the topics
/// say anything of new ones. Of a catalogue that is too large for memory, documents in even steps.
std::pair<std::vector<std::vector<std::uint32_t>>, std::vector<std::vector<std::uint32_t>>>
DocumentsForTopics(const text::Corpus& corpus, std::size_t n_topics) {
  constexpr std::size_t kHeldOut = 10;
  constexpr std::size_t kMostShares = std::size_t{1} << 28;  // 1 GiB of floats
  const std::size_t step = 1 + corpus.n_occurrences() * n_topics / kMostShares;
  std::pair<std::vector<std::vector<std::uint32_t>>, std::vector<std::vector<std::uint32_t>>> parts;
  for (std::size_t d = 0; d < corpus.documents().size(); d += step) {
    const bool held_out = d / step % kHeldOut == kHeldOut - 1;
    (held_out ? parts.second : parts.first).push_back(corpus.documents()[d].words);
  }
  return parts;
}

Status AnalyseTopics(const Context& context, const AnalyseArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto analyser, encoders::OpenPackAnalyser());
  MEDLEY_ASSIGN_OR_RETURN(const auto corpus, CatalogueCorpus(context, analyser));
  const auto [fitted, held_out] = DocumentsForTopics(corpus, arguments.n_topics);
  const auto model =
      text::TopicModel::Fit(fitted, corpus.n_words(), {.n_topics = arguments.n_topics});
  const Json topics = TopicsJson(model, corpus, arguments.n);
  const Json quality = {{"perplexity", model.HeldOutPerplexity(held_out)},
                        {"unigram_perplexity", model.UnigramPerplexity(held_out)},
                        {"documents", fitted.size()},
                        {"held_out", held_out.size()},
                        {"words", corpus.n_words()}};
  if (arguments.json)
    std::printf("%s\n", DumpJson({{"topics", topics}, {"quality", quality}}).c_str());
  else
    PrintTopics(topics, quality, arguments.locale.starts_with("zh"));
  return {};
}

Status AnalyseSimilarWords(const Context& context, const AnalyseArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto analyser, encoders::OpenPackAnalyser());
  MEDLEY_ASSIGN_OR_RETURN(const auto corpus, CatalogueCorpus(context, analyser));
  std::string wanted;
  analyser.ForEachSentence(arguments.similar_words, [&](std::span<const text::Word> sentence) {
    if (wanted.empty() && !sentence.empty()) wanted = sentence.front().term;
  });
  const auto word = corpus.Find(wanted);
  if (word == corpus.n_words()) {
    return Fail(ErrorCode::kNotFound,
                "fewer than three items of the catalogue have the word '" + wanted + "'");
  }
  const auto vectors = text::WordVectors::Fit(corpus, {}, StopOnSignals());
  if (StopOnSignals().cancelled()) return Fail(ErrorCode::kCancelled, "stopped");
  Json found = Json::array();
  for (const auto& [other, cosine] : vectors.Similar(word, arguments.n)) {
    found.push_back({{"word", corpus.word(other)}, {"cosine", cosine}});
    if (!arguments.json) std::printf("%5.2f  %s\n", cosine, corpus.word(other).c_str());
  }
  if (arguments.json) std::printf("%s\n", DumpJson({{"word", wanted}, {"similar", found}}).c_str());
  return {};
}

void RunAnalyse(Context& context, const AnalyseArguments& arguments) {
  const auto done = arguments.topics                   ? AnalyseTopics(context, arguments)
                    : !arguments.similar_words.empty() ? AnalyseSimilarWords(context, arguments)
                                                       : AnalyseText(context, arguments);
  if (!done) context.Fail(done.error());
}

}  // namespace

void AddAnalyse(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<AnalyseArguments>();
  auto* command = app.add_subcommand(
      "analyse",
      "Words, parts of speech and keywords of an English or Chinese text; topics and word vectors "
      "of the catalogue");
  auto* text = command->add_option(
      "text", arguments->text, "The text; none: standard input is read to its end");
  auto* topics = command->add_flag(
      "--topics", arguments->topics, "Not a text: the topics of the catalogue's texts");
  auto* similar = command->add_option("--similar-words",
                                      arguments->similar_words,
                                      "Not a text: words that the catalogue uses like this one");
  topics->excludes(text)->excludes(similar);
  similar->excludes(text);
  command
      ->add_flag("--vector",
                 arguments->vector,
                 "Also the text's vector, made by the text encoder (with --json)")
      ->excludes(topics)
      ->excludes(similar);
  command
      ->add_option("--sentiment",
                   arguments->sentiment,
                   "Also how the text speaks of things: a model of `models train transformer` or "
                   "`ngrams` with the labels positive and negative")
      ->excludes(topics)
      ->excludes(similar);
  command->add_option("-n", arguments->n, "How many keywords, words of a topic, similar words")
      ->capture_default_str();
  constexpr std::size_t kMostTopics = 1000;
  command->add_option("--n-topics", arguments->n_topics, "How many topics")
      ->check(CLI::Range(std::size_t{2}, kMostTopics))
      ->capture_default_str();
  command->add_option("--locale", arguments->locale, "Language of the names of parts: en or zh")
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Everything as JSON: tags, terms, scores");
  command->callback([&context, arguments] { RunAnalyse(context, *arguments); });
}

}  // namespace medley::apps
