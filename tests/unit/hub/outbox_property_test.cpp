#include <unisono/hub/outbox.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

using unisono::bytes_view;
using unisono::outbox;
using unisono::overflow;
using unisono::payload;

namespace {

/// The rules of an outbox, written down without a thought for speed.
struct model {
    struct item {
        std::string bytes;
        std::uint64_t key;
        overflow how;
        bool counts;
    };
    std::size_t limit;
    std::vector<item> items = {};
    std::size_t written = 0; ///< of the first
    bool crowded = false;
    std::uint32_t dropped = 0;
    std::uint32_t conflated = 0;

    std::size_t counted() const {
        std::size_t sum = 0;
        for (auto const& i : items)
            sum += i.counts ? i.bytes.size() : 0;
        return sum - (!items.empty() && items.front().counts ? written : 0);
    }
    bool fits(std::size_t size) const { return counted() == 0 || counted() + size <= limit; }

    bool push(std::string const& bytes, overflow how, std::uint64_t key) {
        item const fresh{bytes, how == overflow::conflate ? key : 0, how, true};
        if (!crowded && fits(bytes.size())) {
            items.push_back(fresh);
            return true;
        }
        if (!std::exchange(crowded, true))
            conflate_waiting();
        if (auto const waiting = std::find_if(items.begin() + !items.empty(), items.end(),
                                              [&](item const& i) { return i.key == fresh.key; });
            fresh.key != 0 && waiting != items.end()) {
            auto const old = waiting->bytes.size();
            if (bytes.size() <= old || counted() - old + bytes.size() <= limit) {
                waiting->bytes = bytes;
                ++conflated;
                return true;
            }
        }
        while (how == overflow::drop_oldest && !fits(bytes.size())) {
            auto const oldest = std::find_if(items.begin() + !items.empty(), items.end(),
                                             [](item const& i) { return i.how == overflow::drop_oldest; });
            if (oldest == items.end())
                break;
            items.erase(oldest);
            ++dropped;
        }
        if (fits(bytes.size())) {
            items.push_back(fresh);
            return true;
        }
        bool const lossy = how == overflow::drop_oldest || how == overflow::drop_newest;
        dropped += lossy;
        return lossy;
    }
    void conflate_waiting() {
        for (std::size_t i = items.size(); i-- > 1;)
            for (std::size_t j = i; j-- > 1;)
                if (items[j].key != 0 && items[j].key == items[i].key) {
                    items.erase(items.begin() + static_cast<std::ptrdiff_t>(j));
                    ++conflated;
                    --i;
                }
    }
    void consume(std::size_t count) {
        written += count;
        while (!items.empty() && written >= items.front().bytes.size()) {
            written -= items.front().bytes.size();
            items.erase(items.begin());
        }
    }
    bool take_low_water() {
        if (!crowded || counted() > limit / 2)
            return false;
        crowded = false;
        return true;
    }
    std::string text() const {
        std::string all;
        for (auto const& i : items)
            all += i.bytes;
        return all.substr(written);
    }
};

std::string text_of(outbox const& box) {
    static std::vector<bytes_view> row(1 << 16);
    std::string all;
    for (std::size_t i = 0, count = box.gather(std::span{row}); i < count; ++i)
        all += unisono::as_text(row[i]);
    return all;
}

} // namespace

TEST_CASE("an outbox does what its rules say, whatever is pushed and written in whatever order") {
    auto const seed = unisono::test::seed();
    CAPTURE(seed);
    std::mt19937 random{static_cast<std::mt19937::result_type>(seed)};
    auto const below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };

    for (int round = 0; round < 60; ++round) {
        std::size_t const limit = 1 + below(round % 3 == 0 ? 40 : round % 3 == 1 ? 2000 : 6000);
        unsigned const writes = 1 + below(6); // in ten: from a stalled reader to a fast one
        outbox box{limit};
        model expected{limit};
        for (int step = 0; step < 1500; ++step) {
            std::string const bytes(1 + below(below(20) ? 12 : 400), static_cast<char>('a' + step % 26));
            if (below(10) >= writes) {
                auto const how = static_cast<overflow>(below(4));
                std::uint64_t const key = below(6);
                if (how == overflow::refuse && below(2)) {
                    auto const fill = [&](unisono::mutable_bytes out) {
                        std::copy_n(unisono::as_bytes(std::string_view{bytes}).data(), out.size(),
                                    out.data());
                    };
                    REQUIRE(box.push_built(bytes.size(), fill) == expected.push(bytes, how, 0));
                    continue;
                }
                REQUIRE(box.push(payload{bytes}, how, key) == expected.push(bytes, how, key));
            } else if (below(8) == 0) {
                bool const counts = below(2);
                counts ? box.push_reserved(payload{bytes}) : box.push_exempt(payload{bytes});
                expected.items.push_back({bytes, 0, overflow::refuse, counts});
            } else if (std::size_t const waiting = box.bytes()) {
                std::size_t const count =
                    below(3) ? 1 + below(30) : 1 + below(static_cast<std::uint32_t>(waiting));
                box.consume(std::min(count, waiting));
                expected.consume(std::min(count, waiting));
                REQUIRE(box.take_low_water() == expected.take_low_water());
            }
            REQUIRE(box.bytes() == expected.text().size());
            REQUIRE(box.counted_bytes() == expected.counted());
            REQUIRE(text_of(box) == expected.text());
        }
        CHECK(box.dropped() == expected.dropped);
        CHECK(box.conflated() == expected.conflated);
    }
}

TEST_CASE("outboxes that share messages hold the bytes they were given, joined or not") {
    auto const seed = unisono::test::seed();
    CAPTURE(seed);
    std::mt19937 random{static_cast<std::mt19937::result_type>(seed)};
    auto const below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };

    unisono::detail::payload_joiner joiner;
    std::array<std::unique_ptr<outbox>, 4> boxes;
    std::array<std::string, 4> expected;
    for (auto& box : boxes)
        box = std::make_unique<outbox>(6000);
    std::size_t fewest_pieces = 100;
    for (int step = 0; step < 20'000; ++step) {
        payload const message{
            std::string(1 + below(below(30) ? 60 : 4200), static_cast<char>('a' + step % 26))};
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            if (below(20) == 0)
                continue;
            bool const lossy = below(30) == 0;
            auto const how = lossy ? overflow::drop_newest : overflow::refuse;
            auto const before = boxes[i]->bytes();
            if (boxes[i]->push_shared(message, how, 0, joiner) && boxes[i]->bytes() != before)
                expected[i] += message.text();
            if (below(100) == 0) {
                boxes[i]->push_exempt(payload{std::string_view{"!"}});
                expected[i] += '!';
            }
            if (below(8) == 0) {
                std::size_t const count = below(4) ? boxes[i]->bytes() : below(100);
                if (count != 0 && count <= boxes[i]->bytes()) {
                    boxes[i]->consume(count);
                    expected[i].erase(0, count);
                }
                (void)boxes[i]->take_low_water();
            }
            REQUIRE(boxes[i]->bytes() == expected[i].size());
            REQUIRE(text_of(*boxes[i]) == expected[i]);
            if (expected[i].size() > 500) {
                std::array<bytes_view, 100> row;
                fewest_pieces = std::min(fewest_pieces, boxes[i]->gather(std::span<bytes_view>{row}));
            }
        }
        if (below(10) == 0)
            joiner.clear();
    }
    CHECK(fewest_pieces == 1);
}

TEST_CASE("what only one outbox queues is not joined") {
    unisono::detail::payload_joiner joiner;
    outbox box{1000};
    for (int i = 0; i < 3; ++i)
        REQUIRE(box.push_shared(payload{std::string_view{"one"}}, overflow::refuse, 0, joiner));
    std::array<bytes_view, 8> row;
    CHECK(box.gather(std::span<bytes_view>{row}) == 3);
}
