#include "medley/jobs/unit_reader.h"

#include <cstddef>
#include <string>
#include <utility>

#include "medley/core/file.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/jobs/encode_plan.h"
#include "medley/media/decoder.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

UnitReader::UnitReader(const storage::Workspace& workspace,
                       const EncodePlan& plan,
                       Specs specs,
                       std::size_t workers)
    : workspace_(workspace), plan_(plan), specs_(std::move(specs)), decoders_(workers) {}

Result<encoders::Input> UnitReader::Read(std::size_t unit, std::size_t worker) {
  const auto& place = plan_.units[unit];
  const auto& item = plan_.items[place.item];
  if (place.modality == data::Modality::kText) return ReadText(item);
  return ReadMedia(item.media[place.media], worker);
}

Result<encoders::Input> UnitReader::ReadText(const EncodePlan::Item& item) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto stored, workspace_.store().GetItem(item.id));
  return data::EncodableText(stored.item);
}

Result<encoders::Input> UnitReader::ReadMedia(const data::Media& media, std::size_t worker) {
  MEDLEY_ASSIGN_OR_RETURN(const auto path, workspace_.media().PathOf(media.hash));
  MEDLEY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, media::DecodeLimits{}.max_bytes));
  auto& decoder = decoders_[worker];
  if (!decoder) {
    MEDLEY_ASSIGN_OR_RETURN(decoder, media::Decoder::Start());
  }
  const media::ClipSpec& spec = specs_.at(media.modality);
  switch (media.modality) {
    case data::Modality::kImage:
      return decoder->DecodeImage(bytes, spec.frame);
    case data::Modality::kAudio:
      return decoder->DecodeSound(bytes, spec.sound);
    default:
      return decoder->DecodeClip(bytes, spec);
  }
}

}  // namespace medley::jobs
