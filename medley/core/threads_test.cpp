#include "medley/core/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace medley {
namespace {

TEST(ParallelFor, VisitsEveryIndexOnce) {
  for (const std::size_t n : {0U, 1U, 7U, 1000U}) {
    for (const std::size_t grain : {1U, 3U, 5000U}) {
      std::vector<std::atomic<int>> visits(n);
      ParallelFor(n, grain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) visits[i].fetch_add(1);
      });
      for (const auto& count : visits) EXPECT_EQ(count.load(), 1);
    }
  }
}

TEST(BoundedQueue, HandsOverInOrderAndDrainsAfterClose) {
  BoundedQueue<int> queue(2);
  std::thread producer([&] {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(queue.Push(i));
    queue.Close();
  });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(queue.Pop(), i);
  EXPECT_FALSE(queue.Pop());
  EXPECT_FALSE(queue.Push(1)) << "a closed queue takes nothing";
  producer.join();
}

}  // namespace
}  // namespace medley
