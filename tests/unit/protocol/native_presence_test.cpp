#include "native_world.hpp"
#include "support/catch.hpp"

#include <map>
#include <set>

using namespace native_world;

namespace {

native_options with_names() {
    native_options options;
    options.hooks.authenticate = [](native_connect const& about) -> result<native_identity> {
        return native_identity{std::string{about.token}};
    };
    return options;
}

void connect_as(client& c, std::string const& user) {
    c.send(R"({"type":"connect","payload":{"v":1,"token":")" + user + R"("}})");
    c.read();
}

std::string id_of(client const& c) {
    return c.session->who()->client;
}

/// What a client does with the presence it is told, rule by rule: the members by user and client.
struct view {
    std::int64_t revision = 0;
    std::map<std::string, std::map<std::string, std::string>> members;
    bool gap = false;

    void state(json::value s) {
        revision = *s["rev"].as_int64();
        members.clear();
        add(s["members"]);
    }
    void hear(json::value push) {
        auto const p = push["payload"];
        if (p["op"].as_string() == "state")
            return state(p);
        auto const rev = *p["rev"].as_int64();
        if (rev <= revision)
            return;
        gap |= rev != revision + 1;
        revision = rev;
        for (auto const [user, entry] : p["leaves"].members()) {
            for (auto const m : entry["metas"].elements())
                members[std::string{user}].erase(std::string{*m["client"].as_string()});
            CHECK(entry["last"].as_bool() == members[std::string{user}].empty());
            if (members[std::string{user}].empty())
                members.erase(std::string{user});
        }
        for (auto const [user, entry] : p["joins"].members())
            CHECK(entry["first"].as_bool() == !members.contains(std::string{user}));
        add(p["joins"]);
    }
    void hear_all(client& c) {
        for (auto const& line : std::exchange(c.got->lines, {})) {
            auto const push = *json::parse(line);
            if (push.root()["type"].as_string() == "presence")
                hear(push.root());
        }
    }
    void add(json::value all) {
        for (auto const [user, entry] : all.members())
            for (auto const m : entry["metas"].elements())
                members[std::string{user}][std::string{*m["client"].as_string()}] = m["state"].raw();
    }
};

} // namespace

TEST_CASE("native: presence tells users from their connections") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards, with_names()};
    client ann{w, 0, false}, ben{w, shards - 1, false}, ben2{w, 0, false};
    connect_as(ann, "ann");
    connect_as(ben, "ben");
    connect_as(ben2, "ben");

    auto const reply = ann.ask("subscribe", "r", R"({"presence":true})");
    auto const state = reply.root()["payload"]["presence"];
    CHECK(state["rev"].as_int64() == 1);
    auto const mine = state["members"]["ann"]["metas"][0];
    CHECK(mine["client"].as_string() == id_of(ann));
    CHECK(mine["state"].is_null());
    CHECK(mine["at"].as_int64() == w.time.wall_time().count());
    CHECK(mine["ref"].is_string());
    CHECK(ann.read().empty()); // one's own entry is in the state, not in a diff

    ben.ask("subscribe", "r", R"({"presence":true})");
    auto diff = ann.one();
    CHECK(diff.root()["type"].as_string() == "presence");
    CHECK_FALSE(diff.root()["offset"].exists());
    CHECK(diff.root()["payload"]["op"].as_string() == "diff");
    CHECK(diff.root()["payload"]["rev"].as_int64() == 2);
    CHECK(diff.root()["payload"]["joins"]["ben"]["first"].as_bool() == true);
    CHECK(diff.root()["payload"]["leaves"].raw() == "{}");

    ben2.ask("subscribe", "r", R"({"presence":true})");
    CHECK(ann.one().root()["payload"]["joins"]["ben"]["first"].as_bool() == false);
    CHECK(ann.ask("presence", "r", R"({"op":"count"})").root()["payload"].raw() ==
          R"({"clients":3,"users":2})");

    ben.leave();
    diff = ann.one();
    CHECK(diff.root()["payload"]["leaves"]["ben"]["last"].as_bool() == false);
    ben2.ask("unsubscribe", "r");
    diff = ann.one();
    CHECK(diff.root()["payload"]["leaves"]["ben"]["last"].as_bool() == true);
    CHECK(diff.root()["payload"]["rev"].as_int64() == 5);
    CHECK(ann.ask("presence", "r", R"({"op":"get"})").root()["payload"]["members"].size() == 1);
}

TEST_CASE("native: without a name every connection is a user of its own") {
    world w;
    client a{w, 0}, b{w, 0};
    a.ask("subscribe", "r", R"({"presence":true})");
    b.ask("subscribe", "r", R"({"presence":true})");
    CHECK(b.ask("presence", "r", R"({"op":"count"})").root()["payload"].raw() ==
          R"({"clients":2,"users":2})");
}

TEST_CASE("native: a change of state is one entry that names the one it replaces") {
    world w;
    client a{w, 0}, b{w, 0};
    a.ask("subscribe", "r", R"({"presence":true})");
    b.ask("subscribe", "r", R"({"presence":true})");
    a.read();
    CHECK(b.ask("presence", "r", R"({"op":"set","state":{"name": "B"}})").root()["payload"].raw() == "{}");
    auto const diff = a.one();
    auto const join = diff.root()["payload"]["joins"][id_of(b)];
    CHECK(join["first"].as_bool() == false);
    CHECK(join["metas"][0]["state"].raw() == R"({"name": "B"})");
    CHECK(join["metas"][0]["prev_ref"].as_string() == "2");
    CHECK(join["metas"][0]["ref"].as_string() == "3");
    CHECK(diff.root()["payload"]["leaves"].size() == 0);

    b.ask("presence", "r", R"({"op":"clear"})");
    CHECK(a.one().root()["payload"]["leaves"][id_of(b)]["last"].as_bool() == true);
    CHECK(b.ask("presence", "r", R"({"op":"clear"})").root()["payload"].raw() == "{}");
    CHECK(a.read().empty());
    b.ask("presence", "r", R"({"op":"set"})");
    CHECK(a.one().root()["payload"]["joins"][id_of(b)]["first"].as_bool() == true);
    CHECK(code_of(b.ask("presence", "r", R"({"op":"set","state":")" + std::string(1024, 'x') + "\"}")) ==
          121);
}

TEST_CASE("native: diffs go only to those who asked for presence") {
    world w{3};
    client watcher{w, 0}, plain{w, 1}, third{w, 2};
    watcher.ask("subscribe", "r", R"({"presence":true})");
    CHECK_FALSE(plain.ask("subscribe", "r").root()["payload"]["presence"].exists());
    CHECK(watcher.read().empty()); // who did not ask is no member either
    third.ask("subscribe", "r", R"({"presence":true})");
    CHECK(plain.read().empty());
    CHECK(watcher.one().root()["payload"]["joins"].size() == 1);
    // It may enter without watching.
    plain.ask("presence", "r", R"({"op":"set","state":1})");
    CHECK(plain.read().empty());
    CHECK(watcher.one().root()["payload"]["joins"].size() == 1);
    plain.leave();
    CHECK(watcher.one().root()["payload"]["leaves"].size() == 1);
}

TEST_CASE("native: members beyond the limit are only counted") {
    world w{1, {.limits = {.presence_members = 2}}};
    client a{w, 0}, b{w, 0}, c{w, 0};
    a.ask("subscribe", "r", R"({"presence":true})");
    b.ask("subscribe", "r", R"({"presence":true})");
    a.read();
    auto const reply = c.ask("subscribe", "r", R"({"presence":true})");
    CHECK(reply.root()["payload"]["presence"]["members"].size() == 2);
    CHECK(reply.root()["payload"]["presence"]["unlisted"].as_int64() == 1);
    c.ask("presence", "r", R"({"op":"set","state":1})");
    CHECK(a.read().empty());
    CHECK(a.ask("presence", "r", R"({"op":"count"})").root()["payload"].raw() ==
          R"({"clients":3,"users":3})");
    c.leave();
    CHECK(a.read().empty());
    CHECK(a.ask("presence", "r", R"({"op":"count"})").root()["payload"].raw() ==
          R"({"clients":2,"users":2})");
    b.leave();
    CHECK(a.one().root()["payload"]["leaves"].size() == 1);
    client d{w, 0};
    d.ask("subscribe", "r", R"({"presence":true})");
    CHECK(a.one().root()["payload"]["joins"].size() == 1); // there is a place again
}

TEST_CASE("native rule 7: who was too slow for a diff gets the state once there is room") {
    auto const shards = GENERATE(std::size_t{1}, std::size_t{3});
    world w{shards};
    client slow{w, 0};
    view seen;
    auto const subscribed = slow.ask("subscribe", "r", R"({"presence":true})");
    seen.state(subscribed.root()["payload"]["presence"]);
    slow.got->full = true;
    client a{w, shards - 1};
    a.ask("subscribe", "r", R"({"presence":true})");
    slow.got->full = false;
    client b{w, 0};
    b.ask("subscribe", "r", R"({"presence":true})");
    CHECK(slow.read().empty()); // a diff after one that is missing says nothing
    slow.got->full = true;
    slow.on_shard([&] { slow.session->on_drained(); });
    CHECK(slow.read().empty());
    slow.drained();
    CHECK(slow.got->lines.size() == 1);
    seen.hear_all(slow);
    CHECK(seen.members.size() == 3);
    client c{w, 0};
    c.ask("subscribe", "r", R"({"presence":true})");
    seen.hear_all(slow);
    CHECK_FALSE(seen.gap);
    CHECK(seen.members.size() == 4);
}

TEST_CASE("native rule 7: presence equals the truth whatever comes and goes") {
    auto const seed = GENERATE(1u, 2u, 3u, 4u, 5u, 6u);
    auto const shards = seed % 2 ? std::size_t{3} : std::size_t{1};
    CAPTURE(seed);
    world w{shards, with_names()};
    seeded_random random{seed};
    client witness{w, 0, false};
    connect_as(witness, "witness");
    view seen;
    auto const subscribed = witness.ask("subscribe", "r", R"({"presence":true})");
    seen.state(subscribed.root()["payload"]["presence"]);

    std::vector<std::unique_ptr<client>> all;
    for (int step = 0; step < 400; ++step) {
        auto const i = static_cast<std::size_t>(random.below(8));
        if (all.size() < 8) {
            all.push_back(std::make_unique<client>(w, all.size() % shards, false));
            connect_as(*all.back(), "user" + std::to_string(all.size() % 3));
            continue;
        }
        client& c = *all[i];
        switch (random.below(6)) {
        case 0:
            c.post_text(R"({"type":"subscribe","channel":"r","payload":{"presence":true}})");
            break;
        case 1:
            c.post_text(R"({"type":"unsubscribe","channel":"r"})");
            break;
        case 2:
            c.post_text(R"({"type":"presence","channel":"r","payload":{"op":"set","state":)" +
                        std::to_string(step) + "}}");
            break;
        case 3:
            c.post_text(R"({"type":"presence","channel":"r","payload":{"op":"clear"}})");
            break;
        case 4: { // gone in the middle of things, and somebody else in its place
            c.post([gone = c.session] { gone->on_closed(); });
            c.session = nullptr;
            all[i] = std::make_unique<client>(w, i % shards, false);
            all[i]->post_text(R"({"type":"connect","payload":{"v":1,"token":"user)" + std::to_string(i % 3) +
                              R"("}})");
            break;
        }
        default:
            w.shards[random.below(shards)].run_one();
        }
    }
    w.settle();
    seen.hear_all(witness);
    CHECK_FALSE(seen.gap);
    auto const got = witness.ask("presence", "r", R"({"op":"get"})");
    view truth;
    truth.state(got.root()["payload"]);
    CHECK(seen.members == truth.members);
    CHECK(seen.revision == truth.revision);
    std::set<std::string> alive{id_of(witness)};
    for (auto const& c : all)
        alive.insert(id_of(*c));
    std::size_t clients = 0;
    for (auto const& [user, entries] : truth.members)
        for (auto const& [id, state] : entries) {
            CHECK(alive.contains(id));
            ++clients;
        }
    CHECK(witness.ask("presence", "r", R"({"op":"count"})").root()["payload"]["clients"].as_int64() ==
          static_cast<std::int64_t>(clients));
    all.clear();
    CHECK(witness.ask("presence", "r", R"({"op":"count"})").root()["payload"].raw() ==
          R"({"clients":1,"users":1})");
    witness.leave();
    for (std::size_t s = 0; s < shards; ++s)
        CHECK(w.server.channel_count(s) == 0);
}
