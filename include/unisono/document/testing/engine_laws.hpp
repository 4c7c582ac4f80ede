#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/core/random.hpp>
#include <unisono/document/document_replica.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// What a document engine promises, for a host to check its own with: any test framework will do.
///
///     unisono::testing::check_engine({
///         .make = [] { return std::make_unique<my_engine>(); },
///         .write = [](std::uint64_t writer) { return my_writer{writer}; },
///     });
namespace unisono::inline v0::testing {

/// The engine, and how one makes changes for it.
struct engine_under_test {
    /// An empty document.
    std::function<std::unique_ptr<document_replica>()> make;

    /// Begins the work of a writer (1, 2, ...) on a replica of its own. The function it returns takes in what
    /// others did, which may be empty, then makes one random change and returns it as an update.
    std::function<std::function<byte_buffer(bytes_view others, random_source&)>(std::uint64_t writer)> write;

    /// What two documents must have in common to be the same, for people to read; by default their state
    /// vectors.
    std::function<std::string(document_replica&)> show = {};
};

namespace detail {

inline void require(bool holds, char const* law) {
    if (!holds)
        throw std::runtime_error{std::string{"a document engine's law does not hold: "} + law};
}

class engine_trial {
public:
    engine_trial(engine_under_test const& about, std::uint64_t seed) : about_(about), random_(seed) {}

    void run() {
        write_history();
        check_order();
        check_merging();
        check_news();
        check_exchange();
        check_reload();
        check_refusal();
    }

private:
    using replica = std::unique_ptr<document_replica>;

    static constexpr std::size_t writers = 3;
    static constexpr std::size_t rounds = 12;

    static void take_in(document_replica& doc, bytes_view update) {
        auto const news = doc.is_new(update);
        require(news.has_value(), "an update of its own is understood");
        if (*news)
            doc.add(payload{update});
    }
    static byte_buffer bytes_of(payload const& p) { return {p.view().begin(), p.view().end()}; }

    byte_buffer whole_of(document_replica& doc) const {
        auto const whole = doc.whole();
        require(whole.has_value(), "a document can be written as one update");
        return bytes_of(*whole);
    }
    std::string shown(document_replica& doc) const {
        if (about_.show)
            return about_.show(doc);
        auto const vector = doc.state_vector();
        return std::string{as_text(vector)};
    }
    /// Two documents are the same when neither has news for the other.
    void require_same(document_replica& a, document_replica& b, char const* law) const {
        require(shown(a) == shown(b), law);
        require(!a.is_new(whole_of(b)).value_or(true) && !b.is_new(whole_of(a)).value_or(true), law);
    }
    replica holding(std::vector<byte_buffer> const& updates) const {
        auto doc = about_.make();
        for (auto const& update : updates)
            take_in(*doc, update);
        return doc;
    }

    /// Several write at a time and hear of each other now and then.
    void write_history() {
        std::vector<std::function<byte_buffer(bytes_view, random_source&)>> hands;
        for (std::uint64_t writer = 1; writer <= writers; ++writer)
            hands.push_back(about_.write(writer));
        auto const all = about_.make();
        for (std::size_t round = 0; round < rounds; ++round)
            for (auto const& hand : hands) {
                byte_buffer others;
                if (random_.below(3) == 0 && !history_.empty())
                    others = whole_of(*all);
                history_.push_back(hand(others, random_));
                take_in(*all, history_.back());
            }
    }

    void check_order() {
        auto const in_order = holding(history_);
        auto shuffled = history_;
        for (std::size_t i = 0; i < history_.size() / 2; ++i)
            shuffled.push_back(history_[random_.below(history_.size())]);
        for (std::size_t i = shuffled.size(); i > 1; --i)
            std::swap(shuffled[i - 1], shuffled[random_.below(i)]);
        require_same(*in_order, *holding(shuffled), "updates may come in any order and any number of times");
        require(whole_of(*in_order) == whole_of(*holding(history_)),
                "the same updates in the same order make the same bytes");
    }

    /// A document takes what comes together as one update, if there is one.
    void check_merging() {
        auto const merged = about_.make();
        std::vector<payload> together;
        auto const take_together = [&] {
            auto const one = merged->merge(together);
            for (auto const& update : one.empty() ? together : std::vector{one})
                take_in(*merged, update.view());
            for (auto const& update : together)
                require(!merged->is_new(update.view()).value_or(true),
                        "a merged update is all that was merged");
            together.clear();
        };
        for (auto const& update : history_) {
            if (merged->is_new(update).value_or(false))
                together.emplace_back(bytes_view{update});
            if (together.size() > 1 && random_.below(3) == 0)
                take_together();
        }
        take_together();
        require_same(*merged, *holding(history_), "a merged update does what its parts do");
    }

    void check_news() {
        auto const doc = about_.make();
        std::size_t changed = 0;
        for (auto const& update : history_) {
            bool const news = doc->is_new(update).value_or(false);
            require(news == doc->is_new(update).value_or(!news), "looking at an update changes nothing");
            if (!news)
                continue;
            ++changed;
            doc->add(payload{update});
            require(!doc->is_new(update).value_or(true), "what was taken in is not new");
        }
        require(changed != 0, "a change is new to who has not seen it");
        require(!doc->is_new(whole_of(*doc)).value_or(true), "a document has no news for itself");
        require(doc->take_edits().empty(), "what comes in is not the host's edit");
        require(doc->size() != 0, "what is held takes memory");
    }

    void check_exchange() {
        auto const full = holding(history_);
        auto half = history_;
        half.resize(half.size() / 2);
        auto const partial = holding(half);
        auto const empty = about_.make();
        for (auto* const doc : {partial.get(), empty.get()}) {
            auto const missing = full->missing(doc->state_vector());
            require(missing.has_value(), "a state vector of its own is understood");
            auto const parts = full->split(*missing, 1 + random_.below(200));
            require(!parts.empty(), "what is missing comes in parts, of which there is one at least");
            for (auto const& part : parts)
                take_in(*doc, part.view());
            require_same(*doc, *full, "what is missing is all that is missing");
        }
    }

    /// As rooms store: a snapshot, and any older or newer records.
    void check_reload() {
        auto doc = about_.make();
        std::vector<byte_buffer> stored;
        for (auto const& update : history_) {
            if (doc->is_new(update).value_or(false)) {
                doc->add(payload{update});
                stored.push_back(update);
            }
            if (random_.below(5) == 0) {
                auto const snapshot = whole_of(*doc);
                if (random_.below(2) == 0) // a crash may leave what the snapshot replaces
                    stored.clear();
                stored.insert(stored.begin(), snapshot);
                doc = holding(stored);
            }
        }
        require_same(*doc, *holding(history_), "a document that was stored and loaded is the same");
    }

    void check_refusal() {
        auto const doc = holding(history_);
        auto const before = whole_of(*doc);
        for (int i = 0; i < 200; ++i) {
            auto bytes = history_[random_.below(history_.size())];
            if (random_.below(2) == 0)
                bytes.resize(random_.below(bytes.size() + 1));
            for (auto n = random_.below(3); n-- != 0 && !bytes.empty();)
                bytes[random_.below(bytes.size())] = std::byte(random_.below(256));
            (void)doc->is_new(bytes);
            (void)doc->missing(bytes);
        }
        require(whole_of(*doc) == before, "what is refused, or only looked at, changes nothing");
        require(!doc->is_new(byte_buffer(3, std::byte{0xff})).has_value(), "what is no update is refused");
    }

    engine_under_test const& about_;
    seeded_random random_;
    std::vector<byte_buffer> history_;
};

} // namespace detail

/// Plays random histories and throws std::runtime_error, which names the law and the seed, when one does not
/// hold. Laws: updates are idempotent, commute and may be merged; news are told from repetition exactly; what
/// is missing brings a replica up to date; a snapshot with any older or newer records loads to the same
/// document; bytes that are no update are refused and change nothing; the same input makes the same bytes.
inline void check_engine(engine_under_test const& engine, std::uint64_t first_seed = 1,
                         std::uint64_t trials = 20) {
    for (auto seed = first_seed; seed < first_seed + trials; ++seed)
        try {
            detail::engine_trial{engine, seed}.run();
        } catch (std::exception const& e) {
            throw std::runtime_error{std::string{e.what()} + " (seed " + std::to_string(seed) + ")"};
        }
}

} // namespace unisono::inline v0::testing
