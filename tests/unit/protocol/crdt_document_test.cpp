#include <unisono/crdt/or_set.hpp>
#include <unisono/document/replicated_crdt.hpp>
#include <unisono/protocol/documents/session.hpp>

#include "support/catch.hpp"
#include "y_websocket_world.hpp"

#include <memory>
#include <string>
#include <vector>

using namespace y_websocket_world;
using tags = crdt::or_set<std::string>;

namespace {

/// A client with a replica of its own, which speaks to the document without any protocol.
struct replica {
    struct reader final : document_reader {
        tags* state;
        explicit reader(tags& s) : state(&s) {}
        void deliver(message_ptr const& m) override {
            state->join(crdt::decode<tags>(m->data.view()).value());
        }
        void on_notice(document_notice const&) override {}
    };

    world& in;
    std::size_t shard;
    crdt::replica_id id;
    tags state = {};
    std::shared_ptr<document_session> session;

    replica(world& w, crdt::replica_id me, std::size_t where)
        : in(w), shard(where), id(me), session(std::make_shared<document_session>(*w.server, where, "tags")) {
        in.shards[shard].post([this] { session->open(std::make_shared<reader>(state)); });
        in.settle();
    }
    document_answer ask(document_verb verb, byte_buffer const& data) {
        std::optional<document_answer> answer;
        in.shards[shard].post([&] {
            session->ask({verb, payload{data}}, [&](document_answer const& a) { answer = a; });
        });
        in.settle();
        return answer.value();
    }
    void sync() {
        byte_buffer seen;
        crdt::state_writer out{seen};
        state.context().write(out);
        state.join(crdt::decode<tags>(ask(document_verb::sync, seen).missing.view()).value());
    }
};

} // namespace

TEST_CASE("documents can be CRDTs: synced, relayed, stored") {
    document_service_options options{.unload_after = 2s};
    options.document.make = [](std::string const&) { return std::make_unique<replicated_crdt<tags>>(); };
    world w{3, options};
    replica a{w, 1, 0};
    CHECK(a.ask(document_verb::change, encode(a.state.add(a.id, "one"))).failure == document_failure::none);
    CHECK(a.ask(document_verb::change, encode(a.state.add(a.id, "two"))).failure == document_failure::none);

    replica b{w, 2, 2};
    b.sync();
    CHECK(b.state == a.state);
    b.ask(document_verb::change, encode(b.state.remove("one")));
    CHECK(to_json(a.state) == R"(["two"])");
    CHECK(a.ask(document_verb::change, {}).failure == document_failure::invalid);

    for (auto* r : {&a, &b})
        w.shards[r->shard].post([r] { r->session->close(); });
    w.settle();
    w.time.advance(3s);
    w.tick();
    w.tick();
    CHECK(w.documents() == 0);
    replica c{w, 3, 1};
    c.sync();
    CHECK(c.state == a.state);
}
