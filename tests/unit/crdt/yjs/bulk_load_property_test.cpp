// A document that is loaded at once must be the one that is put together struct by struct, whatever the
// update: random histories of several clients, their logs and their states, and damaged ones.
//
//   [UNISONO_SEED=<n>] [UNISONO_LOADS=<n>] unit_crdt "a loaded document*"
#include <unisono/core/random.hpp>
#include <unisono/crdt/yjs/detail/bulk_load.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/hex.hpp"

#include <deque>
#include <string>
#include <vector>

using namespace unisono;
using unisono::test::from_environment;
using unisono::test::to_hex;

namespace {

/// Some clients that edit all kinds of types, hear of each other now and then, and know everything at the
/// end.
class history {
public:
    /// `pairs`: also of surrogates. A cut inside of one destroys both halves, which shows when it was made.
    history(seeded_random& random, bool gc, bool pairs) : random_(random), words_(pairs ? 5 : 4) {
        auto const clients = 1 + random.below(4);
        for (std::uint64_t c = 0; c < clients; ++c) {
            auto& doc =
                docs_.emplace_back(yjs::document_options{.client_id = 4 * random.below(99) + c, .gc = gc});
            doc.on_update([this](yjs::update_event const& e) {
                if (e.local)
                    log_.emplace_back(e.update.begin(), e.update.end());
            });
        }
        auto const steps = 5 + random.below(60);
        for (std::uint64_t i = 0; i < steps; ++i) {
            auto& doc = docs_[random.below(docs_.size())];
            if (random.below(5) == 0)
                REQUIRE(doc.apply_update(docs_[random.below(docs_.size())].encode_state_as_update()));
            else
                edit(doc);
        }
        for (byte_buffer const& update : log_)
            REQUIRE(docs_[0].apply_update(update));
    }

    yjs::document const& document() const { return docs_[0]; }
    std::vector<byte_buffer> const& log() const { return log_; }
    byte_buffer merged_log() const {
        return yjs::merge_updates(std::vector<bytes_view>(log_.begin(), log_.end())).value();
    }

private:
    std::uint32_t up_to(std::uint32_t most) {
        return static_cast<std::uint32_t>(random_.below(std::uint64_t{most} + 1));
    }

    void edit(yjs::document& doc) {
        auto text = doc.get_text("text");
        auto array = doc.get_array("array");
        auto map = doc.get_map("map");
        auto const at = up_to(text.length());
        std::string const key(1, static_cast<char>('a' + random_.below(3)));
        static std::string const words[] = {"x", "some words", "\u00e9", "\u6f22a\u5b57",
                                            "\U0001f600\U0001f600"};
        switch (random_.below(10)) {
        case 0:
        case 1:
        case 2:
            text.insert(at, words[random_.below(words_)]);
            break;
        case 3:
            for (char const* letter : {"t", "y", "p", "e", "d"})
                text.insert(text.length(), letter);
            break;
        case 4:
            if (at < text.length())
                text.erase(at, 1 + up_to(std::min(4U, text.length() - at - 1)));
            break;
        case 5:
            if (at < text.length())
                text.format(at, 1, any_object{{"bold", random_.below(2) == 0}});
            break;
        case 6:
            array.insert(up_to(array.length()), {1, "two", nullptr});
            break;
        case 7:
            if (array.length() > 0)
                array.erase(up_to(array.length() - 1), 1);
            break;
        case 8:
            map.set(key, static_cast<std::int64_t>(random_.below(100)));
            break;
        default:
            if (random_.below(2) == 0)
                map.set_type<yjs::text>(key).insert(0, "nested");
            else
                map.erase(key);
        }
    }

    seeded_random& random_;
    std::uint64_t words_;
    std::deque<yjs::document> docs_;
    std::vector<byte_buffer> log_;
};

/// One element of somebody who has to do with nobody. With it a document is not empty, so what comes then is
/// not loaded but taken in.
byte_buffer stranger() {
    yjs::document doc{{.client_id = (std::uint64_t{1} << 53) - 1}};
    doc.get_array("of a stranger").insert(0, {1});
    return doc.encode_state_as_update();
}

/// The state of a document after these; V1, or empty after an error.
std::string state_after(std::vector<bytes_view> const& updates, bool gc, bool v2) {
    yjs::document doc{{.client_id = 1U << 31, .gc = gc}};
    for (bytes_view update : updates) {
        bool const first = update.data() == updates.front().data();
        auto const applied = v2 && first ? doc.apply_update_v2(update) : doc.apply_update(update);
        if (!applied)
            return {};
    }
    return to_hex(doc.encode_state_as_update());
}

/// Is there an item to the left of which its right origin may stand? No client ever writes one, and what
/// becomes of it depends on which runs were joined when it came, in Yjs as well.
bool has_crossed_origins(bytes_view update) {
    lib0_reader in{update};
    for (std::uint64_t blocks = in.var_uint(); blocks > 0; --blocks) {
        yjs::struct_reader_v1 reader{yjs::read_struct_block_v1(in), {}};
        for (yjs::struct_view s; reader.next(s);) {
            if (s.origin && s.right_origin && s.origin->client == s.right_origin->client &&
                s.origin->clock >= s.right_origin->clock)
                return true;
        }
        in = reader.input();
    }
    return false;
}

/// Loads `update`, and compares with a document that takes it in.
void compare(bytes_view update, bool gc) {
    static byte_buffer const other = stranger();
    INFO(to_hex(update));
    auto const loaded = state_after({update, other}, gc, false);
    auto const taken_in = state_after({other, update}, gc, false);
    REQUIRE(loaded == taken_in);
    // As a text, too, with observers there, who want to know what was inserted.
    if (loaded.empty())
        return;
    yjs::document doc{{.client_id = 1U << 31, .gc = gc}};
    auto text = doc.get_text("text");
    std::size_t calls = 0;
    text.observe([&](yjs::type_event const&) { ++calls; });
    REQUIRE(doc.apply_update(update));
    REQUIRE(calls >= (text.length() > 0 ? 1 : 0));
}

} // namespace

TEST_CASE("a loaded document is the one that was put together one by one") {
    auto const seed = from_environment("UNISONO_SEED", 20261122);
    auto const count = from_environment("UNISONO_LOADS", 150);
    INFO("UNISONO_SEED=" << seed);
    seeded_random random{seed};
    std::uint64_t loaded_logs = 0; // and not left to the general way
    for (std::uint64_t i = 0; i < count; ++i) {
        bool const gc = random.below(2) == 0;
        history const played{random, gc, false};
        std::vector<bytes_view> const one_by_one{played.log().begin(), played.log().end()};
        auto const expected = state_after(one_by_one, gc, false);
        CAPTURE(i, gc);
        REQUIRE(state_after({played.merged_log()}, gc, false) == expected);
        REQUIRE(state_after({played.document().encode_state_as_update()}, gc, false) ==
                to_hex(played.document().encode_state_as_update()));
        REQUIRE(state_after({played.document().encode_state_as_update_v2()}, gc, true) ==
                to_hex(played.document().encode_state_as_update()));
        compare(played.merged_log(), gc);
        yjs::detail::document_store store;
        REQUIRE(yjs::detail::load(store, played.document().encode_state_as_update(), {}));
        yjs::detail::document_store logged;
        loaded_logs += yjs::detail::load(logged, played.merged_log(), {});
    }
    CHECK(loaded_logs > count / 2);
}

TEST_CASE("a loaded document is the one that takes damaged updates in") {
    auto const seed = from_environment("UNISONO_SEED", 20261122);
    auto const count = from_environment("UNISONO_LOADS", 150);
    INFO("UNISONO_SEED=" << seed);
    seeded_random random{seed};
    for (std::uint64_t i = 0; i < count; ++i) {
        bool const gc = random.below(2) == 0;
        history const played{random, gc, true};
        auto const whole =
            random.below(2) == 0 ? played.merged_log() : played.document().encode_state_as_update();
        for (int copies = 0; copies < 40; ++copies) {
            byte_buffer damaged = whole;
            for (std::uint64_t changes = 1 + random.below(3); changes > 0; --changes) {
                auto& byte = damaged[random.below(damaged.size())];
                byte = random.below(2) == 0 ? static_cast<std::byte>(random.below(256))
                                            : byte ^ static_cast<std::byte>(1U << random.below(8));
            }
            if (!yjs::validate_update(damaged) || !has_crossed_origins(damaged))
                compare(damaged, gc);
        }
    }
}
