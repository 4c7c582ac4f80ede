// A Hocuspocus connection that says anything: a row of frames, each behind its length (two bytes). Whatever
// it says, somebody else goes on working, what is sent is bounded, and when all have gone nothing is left.
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/manual_executor.hpp>
#include <unisono/protocol/hocuspocus/server.hpp>
#include <unisono/store/store_memory.hpp>

#include "require.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace {

using namespace unisono;

struct carrier final : document_carrier {
    std::size_t sent = 0;
    std::optional<close_code> closed;

    void reply(payload frame, std::size_t) override { take(frame); }
    bool relay(payload const& frame, std::chrono::milliseconds) override {
        take(frame);
        return true;
    }
    void close(close_code code, std::string_view) override {
        fuzz::require(!closed && code.is_sendable());
        closed = code;
    }

private:
    /// What is said begins with an address and a type, and comes before the end.
    void take(payload const& frame) {
        auto const bytes = frame.view();
        auto const length = std::to_integer<int>(bytes[1]);
        lib0_reader in{bytes.subspan(length < 126 ? 2 : length == 126 ? 4 : 10)};
        in.var_string();
        in.var_uint();
        fuzz::require(in.ok() && !closed);
        ++sent;
    }
};

struct connection {
    carrier out;
    manual_executor& shard;
    std::shared_ptr<hocuspocus_session> session;

    connection(hocuspocus_server& server, manual_executor& home) : shard(home), session(server.open(0, out)) {
        session->start();
    }
    /// How much is said because of it, to this connection.
    std::size_t send(bytes_view frame) {
        auto const before = out.sent;
        shard.post([&] { session->on_binary(frame); });
        shard.run();
        return out.sent - before;
    }
    std::size_t send(std::string_view frame) { return send(as_bytes(frame)); }
};

constexpr std::string_view sign_in{"\3doc\2\0\0", 7};
constexpr std::string_view ask{"\3doc\0\0\1\0", 8};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    manual_executor shard;
    manual_clock time;
    memory_store store;
    document_service documents{{&shard}, store, {.unload_after = std::chrono::seconds{0}, .clock = &time}};
    hocuspocus_server server{
        documents,
        {&shard},
        {.limits = {.documents = 8, .waiting_bytes = 4096},
         .hooks = {.authenticate =
                       [](hocuspocus_claim const& claim) {
                           return document_grant{claim.token.starts_with('r')   ? document_access::read
                                                 : claim.token.starts_with('n') ? document_access::none
                                                                                : document_access::write};
                       },
                   .on_stateless = [](hocuspocus_peer const& from,
                                      std::string_view message) { from.send_stateless(message); }},
         .clock = &time}};
    connection honest{server, shard};
    connection wild{server, shard};
    honest.send(sign_in);
    for (bytes_view rest{reinterpret_cast<std::byte const*>(data), size}; rest.size() >= 2;) {
        auto const length =
            std::to_integer<std::size_t>(rest[0]) * 256 + std::to_integer<std::size_t>(rest[1]);
        rest = rest.subspan(2);
        auto const frame = rest.first(std::min(length, rest.size()));
        fuzz::require(wild.send(frame) <= 4096 / 64 * 3); // all that waited, answered
        rest = rest.subspan(frame.size());
    }
    fuzz::require(!honest.out.closed);
    fuzz::require(honest.send(ask) == 2);

    for (auto* c : {&honest, &wild})
        shard.post([c] { c->session->on_closed(); });
    shard.run();
    time.advance(std::chrono::seconds{1});
    documents.tick(0);
    shard.run();
    fuzz::require(documents.document_count(0) == 0);
    return 0;
}
