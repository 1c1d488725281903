#include "medley/jobs/encode_measure.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/jobs/encode_plan.h"
#include "medley/jobs/unit_reader.h"
#include "medley/linalg/matrix.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

/// Up to `sample` units of the modality, evenly spread over the catalogue: what stands together in
/// it is often alike.
std::vector<EncodeUnit> SpreadUnits(const EncodePlan& plan,
                                    data::Modality modality,
                                    std::size_t sample) {
  std::vector<EncodeUnit> units;
  for (std::uint32_t item = 0; item < plan.items.size(); ++item) {
    const auto& media = plan.items[item].media;
    const auto found = std::ranges::find(media, modality, &data::Media::modality);
    if (modality == data::Modality::kText) {
      if (plan.items[item].source[0] != 0) units.push_back({item, 0, modality});
    } else if (found != media.end()) {
      units.push_back({item, static_cast<std::uint32_t>(found - media.begin()), modality});
    }
  }
  if (units.size() <= sample) return units;
  std::vector<EncodeUnit> spread;
  for (std::size_t i = 0; i < sample; ++i) spread.push_back(units[i * units.size() / sample]);
  return spread;
}

/// The same batches as the job's: windows of kWindow units, cut by the encoder's batch size.
Result<BareCost> MeasureOne(const storage::Workspace& workspace,
                            const EncodePlan& all,
                            data::Modality modality,
                            std::size_t sample) {
  const std::string section = "encoders." + std::string(data::ModalityName(modality));
  MEDLEY_ASSIGN_OR_RETURN(const auto encoder,
                          encoders::MakeEncoder(modality, workspace.Section(section)));
  const EncodePlan plan{
      .items = all.items, .units = SpreadUnits(all, modality, sample), .segments = {}};
  UnitReader reader(workspace, plan, {{modality, encoder->decode_spec()}}, 1);
  std::vector<encoders::Input> inputs;
  if (!plan.units.empty()) (void)reader.Read(0, 0);  // starts the decoder
  const Stopwatch decoding;
  for (std::size_t unit = 0; unit < plan.units.size(); ++unit) {
    if (auto input = reader.Read(unit, 0)) inputs.push_back(*std::move(input));
  }
  BareCost cost{.decode_s = decoding.Seconds(), .units = inputs.size()};
  if (inputs.empty()) return cost;
  linalg::Matrix vectors(encoder->batch_size(), encoder->dimension());
  const auto encode_all = [&]() -> Status {
    for (std::size_t begin = 0; begin < inputs.size(); begin += encoder->batch_size()) {
      const std::size_t count = std::min(encoder->batch_size(), inputs.size() - begin);
      const linalg::MatrixView out{vectors.data(), count, vectors.cols(), vectors.cols()};
      MEDLEY_RETURN_IF_ERROR(encoder->Encode(
          std::span(inputs).subspan(begin, count), encoders::TextRole::kPassage, out));
    }
    return {};
  };
  MEDLEY_RETURN_IF_ERROR(encode_all());  // warms up
  const Stopwatch encoding;
  MEDLEY_RETURN_IF_ERROR(encode_all());
  cost.model_s = encoding.Seconds() / static_cast<double>(inputs.size());
  cost.decode_s /= static_cast<double>(inputs.size());
  return cost;
}

}  // namespace

Result<std::map<std::string, BareCost>> MeasureEncoding(
    const storage::Workspace& workspace,
    const std::vector<data::Modality>& modalities,
    std::size_t sample) {
  MEDLEY_ASSIGN_OR_RETURN(const EncodePlan plan, ReadItems(workspace.store()));
  std::map<std::string, BareCost> costs;
  for (const auto modality : data::kModalities) {
    const bool wanted =
        modalities.empty() || std::ranges::find(modalities, modality) != modalities.end();
    if (!wanted || !plan.Uses(modality)) continue;
    MEDLEY_ASSIGN_OR_RETURN(costs[std::string(data::ModalityName(modality))],
                            MeasureOne(workspace, plan, modality, sample));
  }
  return costs;
}

}  // namespace medley::jobs
