#include "hub_world.hpp"
#include "support/catch.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t allocations = 0;

} // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size != 0 ? size : 1))
        return memory;
    throw std::bad_alloc{};
}
void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
    ++allocations;
    return std::malloc(size != 0 ? size : 1);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace unisono;
using namespace hub_test;

namespace {

struct silent : subscriber {
    void deliver(message_ptr const&) override {}
};

/// Allocations of the 100 publications after the first 100, made on the room's shard.
std::size_t cost_of_publishing(std::size_t subscribers) {
    house h{1, {.history = {.messages = 16}}};
    std::vector<subscription> held;
    for (std::size_t i = 0; i < subscribers; ++i)
        h.rooms.subscribe(0, "r", std::make_shared<silent>(), {},
                          [&](subscription s, subscribed const&) { held.push_back(std::move(s)); });
    h.settle();
    payload const data{std::string(64, 'x')};
    std::size_t cost = 0;
    h.on(0, [&] {
        for (int i = 0; i < 200; ++i) {
            if (i == 100)
                allocations = 0;
            h.rooms.publish("r", {.data = data});
        }
        cost = allocations;
    });
    return cost;
}

} // namespace

TEST_CASE("publishing allocates the message and nothing for its subscribers") {
    auto const for_one = cost_of_publishing(1);
    CHECK(cost_of_publishing(1000) == for_one);
    CHECK(for_one <= 110); // and now and then room in the history
}
