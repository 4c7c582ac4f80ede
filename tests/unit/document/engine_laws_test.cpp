#include <unisono/crdt/or_set.hpp>
#include <unisono/crdt/pn_counter.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/document/encoded_yjs.hpp>
#include <unisono/document/replicated_crdt.hpp>
#include <unisono/document/resident_yjs.hpp>
#include <unisono/document/testing/engine_laws.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

using namespace unisono;

namespace {

/// Somebody who types and deletes in a text, sets keys and nests types.
struct yjs_writer {
    std::shared_ptr<yjs::document> doc;

    explicit yjs_writer(std::uint64_t id)
        : doc(std::make_shared<yjs::document>(yjs::document_options{.client_id = id})) {}

    byte_buffer operator()(bytes_view others, random_source& random) const {
        if (!others.empty())
            (void)doc->apply_update(others);
        byte_buffer update;
        auto const listener = doc->on_update(
            [&](yjs::update_event const& e) { update.assign(e.update.begin(), e.update.end()); });
        doc->transact([&] { edit(random); });
        doc->remove_update_listener(listener);
        return update;
    }

    void edit(random_source& random) const {
        auto text = doc->get_text("t");
        auto map = doc->get_map("m");
        auto const at = static_cast<std::uint32_t>(random.below(text.length() + 1));
        switch (random.below(5)) {
        case 0:
            return map.set(random.below(2) == 0 ? "a" : "b", static_cast<double>(random.below(9)));
        case 1:
            return map.set_type<yjs::text>("nested").insert(0, "deep");
        case 2:
            if (at < text.length())
                return text.erase(at, 1);
            [[fallthrough]];
        default:
            text.insert(at, "word");
        }
    }
};

template <class Engine>
testing::engine_under_test yjs_engine() {
    return {.make = [] { return std::make_unique<Engine>(); },
            .write = [](std::uint64_t writer) { return yjs_writer{writer}; }};
}

using tags = crdt::or_set<std::string>;
using counter = crdt::pn_counter;

/// Somebody who has a state of a CRDT, and changes it.
template <class T, class Change>
testing::engine_under_test crdt_engine(Change change) {
    return {.make = [] { return std::make_unique<replicated_crdt<T>>(); },
            .write =
                [change](std::uint64_t id) {
                    return [state = T{}, id, change](bytes_view others, random_source& random) mutable {
                        if (!others.empty())
                            state.join(crdt::decode<T>(others).value());
                        return encode(change(state, id, random));
                    };
                }};
}

/// An engine with a mistake.
struct broken_yjs : document_replica {
    enum class mistake { sees_news_everywhere, misses_news, forgets, sends_too_little, edits_by_itself };

    mistake what;
    encoded_yjs held;
    int added = 0;

    explicit broken_yjs(mistake m) : what(m) {}
    record_format const& format() const noexcept override { return held.format(); }
    result<bool> is_new(bytes_view update) const override {
        auto news = held.is_new(update);
        if (news && what == mistake::sees_news_everywhere)
            return true;
        if (news && what == mistake::misses_news && update.size() > 30)
            return false;
        return news;
    }
    void add(payload update) override {
        if (what != mistake::forgets || ++added % 4 != 0)
            held.add(std::move(update));
    }
    byte_buffer state_vector() override { return held.state_vector(); }
    result<byte_buffer> missing(bytes_view vector) override {
        if (what == mistake::sends_too_little)
            return byte_buffer(2, std::byte{0});
        return held.missing(vector);
    }
    result<payload> whole() override { return held.whole(); }
    payload take_edits() override {
        return what == mistake::edits_by_itself ? payload{std::string_view{"x"}} : payload{};
    }
    std::size_t size() const noexcept override { return held.size(); }
};

} // namespace

TEST_CASE("the laws of document engines: Yjs") {
    testing::check_engine(yjs_engine<encoded_yjs>());
    testing::check_engine(yjs_engine<resident_yjs>());
}

TEST_CASE("the laws of document engines: CRDTs") {
    testing::check_engine(crdt_engine<tags>([](tags& t, std::uint64_t id, random_source& random) {
        auto const tag = std::to_string(random.below(5));
        return random.below(3) == 0 && t.contains(tag) ? t.remove(tag) : t.add(id, tag);
    }));
    testing::check_engine(crdt_engine<counter>([](counter& c, std::uint64_t id, random_source& random) {
        return c.increment(id, 1 + random.below(5));
    }));
}

TEST_CASE("the laws of document engines find mistakes") {
    using mistake = broken_yjs::mistake;
    auto const what = GENERATE(mistake::sees_news_everywhere, mistake::misses_news, mistake::forgets,
                               mistake::sends_too_little, mistake::edits_by_itself);
    auto engine = yjs_engine<encoded_yjs>();
    engine.make = [what] { return std::make_unique<broken_yjs>(what); };
    std::string told;
    try {
        testing::check_engine(engine);
    } catch (std::runtime_error const& e) {
        told = e.what();
    }
    INFO(told);
    CHECK(told.find("(seed ") != told.npos);
}
