#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/ids.h"
#include "medley/data/event.h"
#include "medley/data/modality.h"

namespace medley::data {

/// An event whose texts lie elsewhere: what a reader hands over, valid during the call.
struct EventView {
  std::string_view id;
  std::string_view user;
  std::string_view item;
  EventType type = EventType::kClick;
  double value = 0;
  std::string_view text;
  std::optional<Modality> modality;
  std::string_view session;
  TimeMs time = 0;
  std::string_view context;  ///< JSON of an object, as DumpJson prints it; empty: none
  std::string_view request;
};

/// Many events in little memory (40 bytes each where they have none of the rare fields), on their
/// way to the store. Cost: Add is two hash look-ups, about 100 ns; no allocation per event once the
/// users and items are known.
class EventBatch {
 public:
  struct Row {
    std::uint32_t user = 0;         ///< index into users()
    std::uint32_t item = kNoIndex;  ///< index into items(); kNoIndex: none
    std::uint32_t rare = kNoIndex;  ///< index into rare(); kNoIndex: none
    EventType type = EventType::kClick;
    double value = 0;
    TimeMs time = 0;
  };
  struct Rare {
    std::string id;
    std::string text;
    std::optional<Modality> modality;
    std::string session;
    std::string context;
    std::string request;
  };

  void Add(const EventView& event);
  void Add(const Event& event);
  void Reserve(std::size_t rows) { rows_.reserve(rows); }
  /// Keeps the users and items known so far: the next batch most likely has the same.
  void ClearRows();

  std::size_t size() const { return rows_.size(); }
  const std::vector<Row>& rows() const { return rows_; }
  std::vector<Row>& rows() { return rows_; }
  const std::vector<std::string>& users() const { return users_.ids(); }
  const std::vector<std::string>& items() const { return items_.ids(); }
  const std::vector<Rare>& rare() const { return rare_; }

 private:
  IdMap users_;
  IdMap items_;
  std::vector<Row> rows_;
  std::vector<Rare> rare_;
};

}  // namespace medley::data
