#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/clock.hpp>
#include <unisono/core/executor.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/protocol/documents/request.hpp>
#include <unisono/protocol/native/carrier.hpp>
#include <unisono/protocol/native/detail/binary_frame.hpp>
#include <unisono/protocol/native/detail/command.hpp>
#include <unisono/protocol/native/detail/core.hpp>
#include <unisono/protocol/native/detail/encoding.hpp>
#include <unisono/protocol/native/detail/membership.hpp>
#include <unisono/protocol/native/detail/outlet.hpp>
#include <unisono/protocol/native/error.hpp>
#include <unisono/protocol/native/options.hpp>
#include <unisono/protocol/native/server.hpp>
#include <unisono/security/sliding_window.hpp>
#include <unisono/wire/http_request.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace unisono::inline v0 {

/// One client of the native protocol: fed frames and time, answers through its carrier.
///
/// Everything happens on the session's shard; what needs a channel's shard goes there and comes back. The on_
/// members are called by the connection, from the executor and not from inside a delivery of the hub. After
/// on_closed() nothing happens any more.
class native_session final : public std::enable_shared_from_this<native_session> {
public:
    /// Use native_server::open().
    native_session(detail::native_core& shared, std::size_t shard, std::unique_ptr<native_carrier> carrier,
                   std::shared_ptr<http_request const> request);

    /// A text message: JSON objects, one a line.
    void on_text(std::string_view frame);

    /// A binary message: what the client says about a document, or a publication of bytes.
    void on_binary(bytes_view frame);

    /// As on_text(), for commands that came apart from the connection; see native_server::deliver().
    void on_commands(std::string_view lines, std::function<void(native_delivery)> const& done);

    /// Call about once a second.
    void on_tick(clock::time_point now);

    /// Everything queued has been written.
    void on_drained();

    /// The server stops: tells the client when to come back and closes.
    void on_shutdown();

    /// The connection is gone. Exactly once, last.
    void on_closed();

    /// Ends the conversation: says why and what the client may do about it, then closes.
    void close(close_code code, std::string_view reason);

    /// Ends a subscription, if there is one, and says so.
    void unsubscribe(std::string_view channel, native_unsubscribe code, std::string_view reason);

    /// What receives a channel's messages for this client, as publication::exclude wants it; null when it has
    /// not subscribed.
    std::shared_ptr<subscriber> subscriber_of(std::string_view channel) const { return find(channel); }

    /// Who speaks; null until the client has been admitted.
    std::shared_ptr<publisher const> const& who() const noexcept { return who_; }

private:
    friend struct detail::native_membership;
    enum class phase : std::uint8_t { opened, connecting, connected, ended };
    using request_id = std::optional<std::uint64_t>;
    using membership_ptr = detail::native_membership_ptr;
    /// What became of a wish to join: the reply, or why not.
    using joined = std::function<void(native_session&, std::variant<std::string, native_error>)>;
    struct connect_reply;

    // Input, in order
    struct input {
        std::string bytes; ///< a JSON object, or a binary message
        bool binary = false;
    };
    bool admits(std::size_t size);
    void take_or_keep(std::string_view bytes, bool binary);
    bool within_rate(detail::native_command const& command);
    void process(std::string_view bytes, bool binary);
    void process_line(std::string_view line);
    void process_binary(bytes_view message);
    bool may_take(detail::native_command const& command);
    void take(detail::native_command const& command);
    bool must_wait() const;
    void wake();
    void run_inbox();
    void pause();
    void resume();
    void end(bool may_return);
    void say_goodbye(detail::native_fields& payload);

    // Requests
    void connect(detail::native_command const& command);
    void refuse_connect(request_id id, std::error_code why);
    void admit(native_identity identity, std::shared_ptr<connect_reply> const& reply);
    void finish_connect(connect_reply& reply);
    void subscribe(request_id id, std::string_view channel, detail::native_fields& payload);
    void unsubscribe(request_id id, std::string_view channel);
    void publish(request_id id, std::string_view channel, detail::native_fields& payload);
    void request_publish(request_id id, std::string_view channel, publication what);
    void publish(request_id id, std::string_view channel, publication what);
    void tell_published(request_id id, std::string_view channel, published const& what, bool ephemeral,
                        bool excluded);
    void history(request_id id, std::string_view channel, detail::native_fields& payload);
    void tell_history(request_id id, history_page const& page);
    void presence(request_id id, std::string_view channel, detail::native_fields& payload);
    void typing(std::string_view channel, detail::native_fields& payload);
    void start_typing(std::string_view channel);
    void rpc(request_id id, detail::native_fields& payload);
    void update(request_id id, std::string_view channel, detail::native_fields& payload);
    void ask_document(request_id id, membership_ptr const& m, detail::native_op op, bytes_view data,
                      bool binary);
    void catch_up(membership_ptr const& m);
    void push_document(detail::native_membership const& m, detail::native_op op, payload const& data,
                       bool binary);
    void tell_document(request_id id, detail::native_membership const& m, detail::native_op op, bool binary,
                       document_answer const& answer);
    void refresh(request_id id, detail::native_fields& payload);
    void refresh_sub(request_id id, std::string_view channel, detail::native_fields& payload);

    // Subscriptions
    std::optional<native_error> refuse_subscribe(std::string_view channel) const;
    void join(std::string_view channel, detail::native_subscribe wanted, joined done);
    void join(std::string_view channel, detail::native_subscribe const& wanted, native_grant const& grant,
              joined done);
    void enter(membership_ptr const& m, subscription link, subscribed past, std::string const& presence,
               std::uint64_t alias, joined const& done);
    std::string subscribe_reply(detail::native_membership const& m, subscribed const& past,
                                std::string_view presence) const;
    membership_ptr find(std::string_view channel) const;
    /// A copy, for loops whose body may end memberships.
    template <class Which>
    std::vector<membership_ptr> memberships(Which which) const {
        std::vector<membership_ptr> result;
        for (auto const& [name, m] : channels_)
            if (which(*m))
                result.push_back(m);
        return result;
    }
    /// `back_within`: how long its place in presence is kept; see native_channels::leave().
    void part(membership_ptr m, std::optional<std::chrono::milliseconds> back_within = {});
    void drop(membership_ptr const& m, native_unsubscribe code, std::string_view reason);
    void part_all(std::optional<std::chrono::milliseconds> back_within);
    void stop_typing(detail::native_membership& m);
    void tell_typing(detail::native_membership& m, bool on);

    // Output
    void deliver(detail::native_membership& m, message_ptr const& message);
    void pass_on(detail::native_membership& m, message_ptr const& message);
    void outbox_full(detail::native_membership& m, message_ptr const& message);
    using conflation = std::pair<std::string, std::string>; ///< channel, and what in it
    static std::optional<conflation> conflation_of(message const& m);
    void miss_presence(detail::native_membership& m);
    void send_conflated();
    void refresh_presence(membership_ptr const& m);
    void ack(request_id id, std::string_view payload);
    void fail(request_id id, std::string_view channel, detail::native_failure const& what);

    // The host's decisions
    /// Asks, and calls `then(native_session&, result<T>)` with the answer unless the session is over by then.
    template <class T, class... Args, class Then>
    void ask(native_hook<T, Args...> const& hook, Then then, std::type_identity_t<Args>... args);
    /// The same; later requests wait for the answer.
    template <class T, class... Args, class Then>
    void decide(native_hook<T, Args...> const& hook, Then then, std::type_identity_t<Args>... args);
    std::optional<clock::time_point> moment_of(native_expiry const& expires) const;
    bool has_passed(native_expiry const& expires) const;
    void write_expiry(json::writer& w, std::optional<clock::time_point> expires) const;
    void ack_expiry(request_id id, std::optional<clock::time_point> expires);

    // Work elsewhere
    void start(request_id id);
    void finish(request_id id);
    /// Runs `work(native_channels&, channel, back)` on the channel's shard; there `back(f)` runs
    /// `f(native_session&)` here, unless the session is over by then.
    template <class Work>
    void at_channel(std::string_view channel, Work&& work);

    hub& rooms_;
    native_options const& options_;
    detail::native_channels& kept_; ///< touched on a channel's shard only
    detail::native_sessions& sessions_;
    std::size_t shard_;
    std::string id_; ///< empty until the client was admitted
    detail::native_outlet out_;
    std::shared_ptr<detail::reply_gate> gate_;    ///< once the host was asked something
    std::shared_ptr<http_request const> request_; ///< until the client was admitted
    std::shared_ptr<publisher const> who_;
    phase phase_ = phase::opened;

    std::map<std::string, membership_ptr, std::less<>> channels_;
    /// What the outbox had no room for and only the latest of counts.
    std::map<conflation, message_ptr> conflated_;

    std::deque<input> inbox_;     ///< what waits for its turn
    membership_ptr awaited_;      ///< what the first of them waits for, if it is a channel
    std::set<std::uint64_t> ids_; ///< of requests in flight
    std::size_t in_flight_ = 0;
    std::size_t calls_ = 0;       ///< rpc in flight
    std::size_t deciding_ = 0;    ///< decisions of the host's that the rest waits for
    std::size_t first_bytes_ = 0; ///< received before the client was admitted
    std::size_t first_messages_ = 0;
    sliding_window rate_;
    sliding_window refusals_;       ///< for going over the rate
    bool binary_ = false;           ///< the client takes binary messages
    bool presence_missed_ = false;  ///< in some channel
    bool documents_behind_ = false; ///< likewise
    bool paused_ = false;
    std::function<void(native_delivery)> on_resumed_;
    bool woken_ = false;

    clock::time_point opened_;
    clock::time_point received_;
    clock::time_point sent_;
    clock::duration ping_after_{}; ///< of silence
    std::optional<clock::time_point> pinged_;
    std::optional<clock::time_point> expires_;
};

template <class T, class... Args, class Then>
void native_session::ask(native_hook<T, Args...> const& hook, Then then, std::type_identity_t<Args>... args) {
    if (!gate_)
        gate_ = std::make_shared<detail::reply_gate>(rooms_.shard(shard_));
    hook(std::forward<Args>(args)...,
         native_reply<T>{gate_, [weak = weak_from_this(), then = std::move(then)](result<T> answer) {
                             if (auto const self = weak.lock(); self && self->phase_ != phase::ended)
                                 then(*self, std::move(answer));
                         }});
}

template <class T, class... Args, class Then>
void native_session::decide(native_hook<T, Args...> const& hook, Then then,
                            std::type_identity_t<Args>... args) {
    ++deciding_;
    ask(
        hook,
        [then = std::move(then)](native_session& self, result<T> answer) {
            --self.deciding_;
            then(self, std::move(answer));
            self.wake();
        },
        std::forward<Args>(args)...);
}

template <class Work>
void native_session::at_channel(std::string_view channel, Work&& work) {
    // Behind the messages that the channel's shard has sent here before: an answer may speak of them.
    auto back = [weak = weak_from_this(), &rooms = rooms_, shard = shard_](auto f) {
        auto run = [weak, f = std::move(f)]() mutable {
            if (auto const self = weak.lock(); self && self->phase_ != phase::ended)
                f(*self);
        };
        if (rooms.shard(shard).running_here())
            run();
        else
            rooms.run_on(shard, std::move(run));
    };
    rooms_.run_on_owner(channel,
                        [&kept = kept_, channel = std::string{channel}, work = std::forward<Work>(work),
                         back = std::move(back)]() mutable { work(kept, std::string_view{channel}, back); });
}

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/native/impl/server.ipp>
#include <unisono/protocol/native/impl/session.ipp>
#include <unisono/protocol/native/impl/session_calls.ipp>
#include <unisono/protocol/native/impl/session_connect.ipp>
#include <unisono/protocol/native/impl/session_delivery.ipp>
#include <unisono/protocol/native/impl/session_documents.ipp>
#include <unisono/protocol/native/impl/session_requests.ipp>
#endif
