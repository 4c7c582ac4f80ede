// The examples of docs/crdts.md, compiled and run. structure/page_examples_test.py checks that the sections
// named here show what stands here.
#include <unisono/crdt/encoding.hpp>
#include <unisono/crdt/hybrid_clock.hpp>
#include <unisono/document/replicated_crdt.hpp>
#include <unisono/protocol/documents/options.hpp>

#include "crdt_laws/laws.hpp"
#include "support/catch.hpp"
#include "support/crdt_types.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

#undef assert
#define assert REQUIRE // also where NDEBUG is defined

namespace crdt = unisono::crdt;

namespace {

crdt::replica_id const me = 1;
crdt::replica_id const other = 2;

// crdts.md: A type of your own

/// The best result of anybody.
class high_score {
public:
    high_score reach(std::int64_t points) {
        points_ = std::max(points_, points);
        return *this;
    }
    std::int64_t points() const { return points_; }

    crdt::effect join(high_score const& other) {
        if (other.points_ <= points_)
            return crdt::effect::none;
        points_ = other.points_;
        return crdt::effect::changed;
    }
    static void write_type(crdt::state_writer& out) { out.tag(crdt::type_tag::first_of_host); }
    void write(crdt::state_writer& out) const { out.fixed64(points_); }
    static high_score read(crdt::state_reader& in) { return high_score{}.reach(in.fixed64()); }
    void write_json(unisono::json::writer& json) const { json.int64(points_); }

    friend bool operator==(high_score const&, high_score const&) = default;

private:
    std::int64_t points_ = INT64_MIN;
};
static_assert(crdt::delta_crdt<high_score>);

} // namespace

TEST_CASE("the page's example of deltas") {
    unisono::byte_buffer sent;
    auto const send = [&](unisono::byte_buffer bytes) { sent = std::move(bytes); };
    std::string shown;
    auto const show = [&](std::string const& json) { shown = json; };
    auto const refuse = [](std::error_code error) { FAIL(error.message()); };
    auto const received = encode(crdt::or_set<std::string>{}.add(other, "blue"));

    // crdts.md: A change and its delta
    {
        crdt::replica_id const me = crdt::new_replica_id(unisono::system_random());

        crdt::or_set<std::string> tags;
        send(encode(tags.add(me, "urgent"))); // bytes, for any transport

        auto const delta = crdt::decode<crdt::or_set<std::string>>(received);
        if (!delta)
            refuse(delta.error()); // tags are as before
        else if (tags.join(*delta) == crdt::effect::changed)
            show(to_json(tags)); // and pass it on
    }
    CHECK(shown == R"(["blue","urgent"])");
    CHECK_FALSE(sent.empty());

    crdt::or_set<int> laptop, phone;
    laptop.add(me, 1);
    phone.join(laptop);
    laptop.add(me, 2);
    {
        crdt::causal_context const seen = phone.context();
        phone.join(laptop.missing_from(seen));
    }
    CHECK(phone == laptop);
}

TEST_CASE("the page's examples of counters") {
    // crdts.md: Counters
    crdt::g_counter here, there;
    here.increment(me);
    there.increment(other, 10);
    here.join(there);
    here.join(there);
    assert(here.value() == 11);

    crdt::pn_counter votes;
    votes.increment(me);
    votes.decrement(other, 3);
    assert(votes.value() == -2);

    crdt::causal_counter unread;
    unread.increment(other, 5);
    unread.reset();
    unread.increment(other);
    assert(unread.value() == 1);
}

TEST_CASE("the page's examples of registers") {
    auto const refuse = [](std::error_code error) { FAIL(error.message()); };
    auto const soon = unisono::system_clock().wall_time() + std::chrono::seconds{5};
    crdt::lww_register<std::string> theirs;
    theirs.set({static_cast<std::uint64_t>(soon.count()), 0, other}, "Final");

    // crdts.md: Registers
    crdt::hybrid_clock clock{me};
    crdt::lww_register<std::string> title;
    title.set(clock.now(), "Draft");

    if (auto const plausible = clock.observe(theirs.latest()); plausible)
        title.join(theirs);
    else
        refuse(plausible.error()); // more than a minute in the future: it would win that long
    assert(*title.get() == "Final");

    crdt::mv_register<std::string> address, copy;
    address.set(me, "1 Main St");
    copy.set(other, "2 High St");
    address.join(copy);
    assert(address.get().size() == 2); // somebody has to choose:
    address.set(me, "2 High St");
    assert(address.get().size() == 1);
}

TEST_CASE("the page's examples of flags") {
    // crdts.md: Flags
    crdt::enable_wins_flag help_needed; // at first off
    help_needed.enable(me);
    assert(help_needed.enabled());

    crdt::disable_wins_flag all_agree; // at first on
    all_agree.disable(me);
    assert(!all_agree.enabled());
}

TEST_CASE("the page's examples of sets") {
    crdt::hybrid_clock clock{me};

    // crdts.md: Sets
    crdt::g_set<std::string> read_by;
    read_by.add("alice");
    assert(read_by.contains("alice"));

    crdt::two_phase_set<std::string> invitations;
    invitations.add("code-1");
    invitations.remove("code-1");
    invitations.add("code-1");
    assert(!invitations.contains("code-1"));

    crdt::or_set<std::string> members;
    members.add(me, "alice");
    members.remove("alice");
    members.add(other, "alice");
    assert(members.contains("alice"));

    crdt::lww_element_set<std::string, crdt::lww_bias::remove> muted;
    muted.add(clock.now(), "room-7");
    muted.remove(clock.now(), "room-7");
    assert(!muted.contains("room-7"));
}

TEST_CASE("the page's example of maps") {
    crdt::or_map<std::string, crdt::or_set<std::string>> copy;

    // crdts.md: Maps
    crdt::or_map<std::string, crdt::or_set<std::string>> cart;
    auto const delta = cart.update("fruit", [&](auto& fruit) {
        auto changes = fruit.add(me, "apple");
        changes.join(fruit.add(me, "pear"));
        return changes;
    });
    copy.join(delta);
    copy.remove("fruit");
    cart.update("fruit", [&](auto& fruit) { return fruit.add(me, "fig"); });
    cart.join(copy);
    assert(to_json(cart) == R"({"fruit":["fig"]})"); // removed was what the copy had seen
}

TEST_CASE("the page's example of lists") {
    // crdts.md: Lists
    crdt::sequence<std::string> steps;
    steps.insert(me, 0, "mix");
    steps.insert(me, 1, "bake");
    steps.insert(other, 1, "wait");
    steps.erase(0);
    assert(to_json(steps) == R"(["wait","bake"])");
}

TEST_CASE("the page's example of documents") {
    // crdts.md: On a server
    unisono::document_service_options options;
    options.document.make = [](std::string const& name) -> std::unique_ptr<unisono::document_replica> {
        if (name.starts_with("votes/"))
            return std::make_unique<unisono::replicated_crdt<crdt::pn_counter>>();
        if (name.starts_with("tags/"))
            return std::make_unique<unisono::replicated_crdt<crdt::or_set<std::string>>>();
        return std::make_unique<unisono::encoded_yjs>();
    };

    CHECK(options.document.make("votes/7")->format() == unisono::record_format{"crdt-2", 1});
    CHECK(options.document.make("tags/7")->format() == unisono::record_format{"crdt-10-68", 1});
    CHECK(options.document.make("notes")->format() == unisono::record_format{"yjs", 1});
}

TEST_CASE("the page's own type obeys the laws") {
    auto const at = [](std::int64_t points) { return high_score{}.reach(points); };
    unisono::test::check_join(at(-3), at(7), at(5));
    unisono::test::check_change(at(1), at(4), at(4));
    CHECK(unisono::test::transported(at(-3)).points() == -3);
}
