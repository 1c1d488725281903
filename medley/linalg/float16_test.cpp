#include "medley/linalg/float16.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "medley/core/random.h"

namespace medley::linalg {
namespace {

TEST(Float16, PortableAndWideAgreeOnEveryValue) {
  std::vector<std::uint16_t> all(65536);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
  std::vector<float> wide(all.size());
  FromFloat16(all, wide);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const float portable = PortableFromFloat16(all[i]);
    if (std::isnan(wide[i])) {
      EXPECT_TRUE(std::isnan(portable));
    } else {
      ASSERT_EQ(portable, wide[i]) << i;
      ASSERT_EQ(PortableToFloat16(portable), all[i]) << i;
    }
  }
  Random random(1);
  std::vector<float> values(80000);
  for (auto& value : values)
    value = static_cast<float>(random.Normal() * std::pow(10.0, random.Uniform(-9, 6)));
  std::vector<std::uint16_t> half(values.size());
  ToFloat16(values, half);
  for (std::size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(PortableToFloat16(values[i]), half[i]) << values[i];
}

}  // namespace
}  // namespace medley::linalg
