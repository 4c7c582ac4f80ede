#pragma once

#include <unisono/core/ip_address.hpp>
#include <unisono/net/connection.hpp>
#include <unisono/wire/http_request.hpp>
#include <unisono/wire/http_response.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0 {

/// One request and the duty to answer it: with a response, or by taking the connection over for a stream.
///
/// A value that may be copied and kept; when the last copy goes without an answer, the client gets 500.
/// Thread safety: request data is immutable, respond() may be called from any thread; take_over() on home().
class http_exchange {
public:
    http_exchange(std::shared_ptr<connection> link, std::uint64_t number, http_request&& request);

    http_request const& request() const noexcept { return state_->request; }

    /// A part of the path that the route named, percent-decoded: "lobby" for `/chat/{room}`. Empty when there
    /// is none.
    std::string_view parameter(std::string_view name) const noexcept;
    void set_parameter(std::string_view name, std::string_view value) const;

    /// Adds a field to whatever answers this request, unless the answer has one of that name. Throws
    /// std::invalid_argument. On home(), before the answer.
    void add_field(std::string_view name, std::string_view value) const { state_->fields.add(name, value); }
    http_headers const& added_fields() const noexcept { return state_->fields; }

    /// Stops when the client leaves before it has its answer: for work that takes a while. On home().
    std::stop_token stop_token() const;

    /// Answers. Only the first answer counts; returns whether this was it.
    bool respond(http_response response) const;

    /// Answers by handing the connection to `next`, behind the bytes `head`. False when it was answered
    /// already or is gone, or when the client behind a proxy has no place left, which is told. On the
    /// connection's shard.
    bool take_over(payload head, std::unique_ptr<connection_handler> next) const;

    shard& home() const noexcept { return state_->link->home(); }
    connection& link() const noexcept { return *state_->link; }

    /// The client's address as text: set_client(), else the connection's peer. From any thread.
    std::string peer() const { return state_->client ? state_->client->text() : state_->link->peer(); }

    /// The request came through a proxy, from this client (trusted_proxies::client). On home(), before
    /// anybody asks.
    void set_client(ip_address const& client) const { state_->client = client; }

private:
    struct state {
        std::shared_ptr<connection> link;
        std::uint64_t number; ///< of the request on its connection
        http_request request;
        std::vector<std::pair<std::string, std::string>> parameters;
        http_headers fields; ///< for whatever answers
        std::optional<ip_address> client;
        std::atomic<bool> answered{false};

        state(std::shared_ptr<connection> l, std::uint64_t n, http_request&& r)
            : link(std::move(l)), number(n), request(std::move(r)) {}
        ~state();
        void answer(http_response response);
    };
    std::shared_ptr<state> state_;
};

/// What a program does with requests. Called on the connection's shard; may answer later, from any thread.
using http_handler = std::function<void(http_exchange)>;

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// Its definitions need both classes, whichever header comes first.
#include <unisono/transport/http_connection.hpp>
#endif
