#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/event_batch.h"
#include "medley/data/reader.h"
#include "medley/data/triple.h"

namespace medley::data {

/// Keeps everything, for tests.
class KeepingSink : public RecordSink {
 public:
  struct Rejection {
    std::uint64_t line;
    std::string field;
    std::string reason;
  };
  Status OnMapping(const Mapping& mapping) override {
    mappings.push_back(mapping);
    return {};
  }
  Status OnItem(Item item, std::span<const MediaReference> references, const Origin&) override {
    items.push_back(std::move(item));
    media.insert(media.end(), references.begin(), references.end());
    return {};
  }
  Status OnUser(User user, const Origin&) override {
    users.push_back(std::move(user));
    return {};
  }
  Status OnEvent(const EventView& view, const Origin&) override {
    Event event;
    event.id = view.id;
    event.user = view.user;
    event.item = view.item;
    event.type = view.type;
    event.value = view.value;
    event.text = view.text;
    event.modality = view.modality;
    event.session = view.session;
    event.time = view.time;
    if (!view.context.empty()) event.context = *ParseJson(view.context);
    event.request = view.request;
    events.push_back(std::move(event));
    return {};
  }
  Status OnVector(std::string_view item, std::span<const float> vector, const Origin&) override {
    vectors.emplace_back(item, std::vector<float>(vector.begin(), vector.end()));
    return {};
  }
  Status OnTriple(Triple triple, const Origin&) override {
    triples.push_back(std::move(triple));
    return {};
  }
  Status OnReject(std::string_view field, std::string_view reason, const Origin& origin) override {
    rejections.push_back({origin.line, std::string(field), std::string(reason)});
    return {};
  }
  void OnNote(std::string_view note) override { notes.emplace_back(note); }
  Status OnProgress(std::uint64_t) override { return {}; }

  std::vector<Mapping> mappings;
  std::vector<Item> items;
  std::vector<MediaReference> media;
  std::vector<User> users;
  std::vector<Event> events;
  std::vector<std::pair<std::string, std::vector<float>>> vectors;
  std::vector<Triple> triples;
  std::vector<Rejection> rejections;
  std::vector<std::string> notes;
};

}  // namespace medley::data
