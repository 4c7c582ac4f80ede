#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/stopped_token.hpp>
#include <unisono/transport/http_connection.hpp>
#include <unisono/wire/http_date.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

inline constexpr std::size_t least_body = 16 * 1024; ///< in http_options::request_timeout

} // namespace detail

UNISONO_DECL std::shared_ptr<connection> http_connection::serve(shard& home, tcp_socket socket,
                                                                std::shared_ptr<http_handler const> handler,
                                                                http_options const& options,
                                                                std::unique_ptr<stream_filter> filter) {
    auto speaker = std::make_unique<http_connection>(std::move(handler), options);
    auto made = std::make_shared<connection>(home, std::move(socket), std::move(speaker),
                                             options.outbox_limit, std::move(filter));
    made->start(options.handshake_timeout);
    return made;
}

UNISONO_DECL void http_connection::on_start(connection& c) {
    c.set_deadline(options_.idle_timeout);
}

UNISONO_DECL void http_connection::on_data(connection& c, mutable_bytes bytes) {
    if (phase_ == phase::idle || phase_ == phase::receiving)
        parse(c, bytes);
    else
        keep_for_later(c, bytes);
}

UNISONO_DECL void http_connection::keep_for_later(connection& c, bytes_view bytes) {
    append(backlog_, bytes);
    // Reading goes on while little is kept, so that the client's leaving is noticed during a long answer.
    if (backlog_.size() > options_.limits.header_bytes)
        c.pause_reading();
}

UNISONO_DECL void http_connection::parse(connection& c, bytes_view bytes) {
    while (!bytes.empty()) {
        auto const [consumed, status] = parser_.feed(bytes);
        bytes = bytes.subspan(consumed);
        if (phase_ == phase::idle && !parser_.idle()) {
            phase_ = phase::receiving;
            body_size_ = 0;
            c.set_deadline(options_.request_timeout);
        }
        switch (status) {
        case http_parse_status::need_more:
            return;
        case http_parse_status::expects_continue:
            c.send(payload{std::string_view{"HTTP/1.1 100 Continue\r\n\r\n"}});
            break;
        case http_parse_status::complete:
            serve_request(c, bytes);
            return;
        case http_parse_status::failed:
            refuse(c, http_status(parser_.error()));
            return;
        }
    }
}

UNISONO_DECL void http_connection::refuse(connection& c, int status) {
    c.home().metrics().refused_requests.add(static_cast<std::uint16_t>(status));
    ++number_;
    keep_alive_ = false;
    head_request_ = false;
    phase_ = phase::serving;
    finish(c, number_, error_response(status));
}

UNISONO_DECL void http_connection::serve_request(connection& c, bytes_view rest) {
    http_request request = parser_.take();
    c.home().metrics().requests.add();
    phase_ = phase::serving;
    ++number_;
    gone_ = std::stop_source{std::nostopstate};
    keep_alive_ = request.keep_alive();
    minor_version_ = request.minor_version;
    head_request_ = request.method == "HEAD";
    c.clear_deadline();
    // `rest` may lie in the backlog that is about to be replaced.
    byte_buffer later(rest.begin(), rest.end());
    backlog_ = std::move(later);
    http_exchange exchange{c.shared_from_this(), number_, std::move(request)};
    (*handler_)(std::move(exchange));
}

UNISONO_DECL void http_connection::finish(connection& c, std::uint64_t number,
                                          http_response const& response) {
    if (phase_ != phase::serving || number != number_)
        return;
    phase_ = phase::responding;
    auto const date = http_date(c.home().time().wall_time());
    payload head;
    try {
        head = encode_head(response, {.close = !keep_alive_, .minor_version = minor_version_, .date = date});
    } catch (std::invalid_argument const& e) { // far from the code that made it: only this client is told
        c.home().log().write(severity::error, "transport", "a response cannot be sent",
                             {{"reason", e.what()}, {"connection", c.id()}, {"peer", c.peer()}});
        phase_ = phase::serving;
        finish(c, number, error_response(500));
        return;
    }
    c.home().metrics().responses.add(static_cast<std::uint16_t>(response.status));
    c.send_exempt(std::move(head));
    if (has_body(response.status, head_request_ ? "HEAD" : "GET"))
        c.send_exempt(response.body);
    if (keep_alive_) {
        written_ = c.written_bytes();
        c.set_deadline(options_.write_timeout);
    } else {
        c.close();
    }
}

UNISONO_DECL bool http_connection::hand_over(connection& c, std::uint64_t number, payload head,
                                             std::unique_ptr<connection_handler> next) {
    if (phase_ != phase::serving || number != number_)
        return false;
    phase_ = phase::leaving;
    c.send_exempt(std::move(head));
    c.hand_over(std::move(next));
    c.resume_reading();
    return true;
}

UNISONO_DECL void http_connection::on_drained(connection& c) {
    if (phase_ != phase::responding)
        return;
    phase_ = phase::idle;
    c.set_deadline(options_.idle_timeout);
    byte_buffer const bytes = std::exchange(backlog_, {});
    c.resume_reading();
    parse(c, bytes);
}

UNISONO_DECL std::stop_token http_connection::gone(std::uint64_t number) {
    if (phase_ != phase::serving || number != number_)
        return detail::stopped_token();
    if (!gone_.stop_possible())
        gone_ = std::stop_source{};
    return gone_.get_token();
}

UNISONO_DECL void http_connection::on_deadline(connection& c) {
    switch (phase_) {
    case phase::idle:
        c.close();
        break;
    case phase::receiving:
        if (auto const size = parser_.request().body.size(); size >= body_size_ + detail::least_body) {
            body_size_ = size;
            c.set_deadline(options_.request_timeout);
        } else {
            refuse(c, 408);
        }
        break;
    case phase::serving:
    case phase::leaving:
        break;
    case phase::responding: // slow is fine, stuck is not
        if (c.written_bytes() == written_) {
            c.abort(std::make_error_code(std::errc::timed_out));
        } else {
            written_ = c.written_bytes();
            c.set_deadline(options_.write_timeout);
        }
        break;
    }
}

UNISONO_DECL void http_connection::on_shutdown(connection& c) {
    keep_alive_ = false; // a response under way, or yet to come, is the last
    if (phase_ != phase::serving && phase_ != phase::leaving)
        c.close();
}

UNISONO_DECL void http_connection::on_closed(connection&, std::error_code) {
    phase_ = phase::leaving; // nothing that comes late is an answer any more
    gone_.request_stop();
}

} // namespace unisono::inline v0
