#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/hocuspocus/close.hpp>
#include <unisono/protocol/hocuspocus/detail/document.hpp>
#include <unisono/protocol/hocuspocus/detail/frames.hpp>
#include <unisono/protocol/hocuspocus/session.hpp>

#include <utility>
#include <vector>

namespace unisono::inline v0 {

namespace detail {

/// The document that an address is about: all of it, or what stands before the NUL.
UNISONO_DECL std::string_view hocuspocus_name(std::string_view address) noexcept {
    return address.substr(0, address.find('\0'));
}

UNISONO_DECL bool is_hocuspocus_address(std::string_view address, hocuspocus_limits const& limits) noexcept {
    auto const name = hocuspocus_name(address);
    return name.find_first_not_of(" \t\r\n") != name.npos && name.size() <= limits.name_bytes &&
           address.size() - name.size() <= limits.session_bytes + 1;
}

} // namespace detail

UNISONO_DECL hocuspocus_session::hocuspocus_session(detail::hocuspocus_core& core, std::size_t where,
                                                    document_carrier& carrier,
                                                    std::shared_ptr<http_request const> request)
    : core_(core),
      where_(where),
      carrier_(&carrier),
      request_(std::move(request)),
      gate_(std::make_shared<detail::reply_gate>(*core.shards[where])) {}

UNISONO_DECL hocuspocus_session::~hocuspocus_session() = default;

UNISONO_DECL void hocuspocus_session::start() {
    opened_ = core_.options.clock->now();
    silence_ = detail::silence{opened_};
}

UNISONO_DECL void hocuspocus_session::on_binary(bytes_view frame) {
    if (!carrier_)
        return;
    lib0_reader in{frame};
    auto const address = in.var_string();
    if (!in.ok())
        return close(hocuspocus_close::unauthorized, "Unauthorized");
    auto const message = in.rest();
    in.var_uint();
    if (!in.ok())
        return close(hocuspocus_close::reset, "Reset Connection");
    auto const found = documents_.find(address);
    if (auto const document = found != documents_.end() ? found->second : begin(address, message))
        document->receive(message);
}

/// Null when the message is about a document that cannot be had; the client is told when it asks for it.
UNISONO_DECL hocuspocus_session::document_ptr hocuspocus_session::begin(std::string_view address,
                                                                        bytes_view message) {
    auto const type = lib0_reader{message}.var_uint();
    if (type == static_cast<std::uint64_t>(detail::hocuspocus_message::close))
        return nullptr; // there is nothing to close
    auto const& limits = core_.options.limits;
    bool const acceptable = detail::is_hocuspocus_address(address, limits);
    if (acceptable && documents_.size() < limits.documents) {
        auto const made =
            std::make_shared<detail::hocuspocus_document>(*this, address, detail::hocuspocus_name(address));
        documents_.emplace(std::string{address}, made);
        return made;
    }
    if (type == static_cast<std::uint64_t>(detail::hocuspocus_message::auth))
        reply(detail::hocuspocus_denied_frame(address, acceptable ? "too many documents on this connection"
                                                                  : "not a document's name"));
    return nullptr;
}

UNISONO_DECL void hocuspocus_session::on_text() {
    close(close_code::unsupported_data, "this protocol is binary");
}

UNISONO_DECL void hocuspocus_session::on_tick(clock::time_point now) {
    auto const& times = core_.options.times;
    if (!admitted_ && now - opened_ >= times.authentication)
        close(hocuspocus_close::timeout, "Connection Timeout");
    else if (silence_.lasts(now) >= times.keep_alive)
        reply(detail::hocuspocus_keep_alive_frame());
}

UNISONO_DECL void hocuspocus_session::on_room() {
    auto const all = documents_; // what is sent may end the connection
    for (auto const& [address, document] : all)
        document->on_room();
}

UNISONO_DECL void hocuspocus_session::on_closed() {
    carrier_ = nullptr;
    gate_->shut();
    part_all(false);
}

UNISONO_DECL void hocuspocus_session::part_all(bool broke_rules) {
    for (auto const& [address, document] : std::exchange(documents_, {}))
        document->part(broke_rules);
}

UNISONO_DECL void hocuspocus_session::reply(payload frame, std::size_t more) {
    if (!carrier_)
        return;
    silence_.interrupt();
    carrier_->reply(std::move(frame), more);
}

UNISONO_DECL bool hocuspocus_session::relay(payload const& frame, std::chrono::milliseconds pace) {
    if (carrier_ && !carrier_->relay(frame, pace))
        return false;
    silence_.interrupt();
    return true;
}

UNISONO_DECL void hocuspocus_session::close_as_slow() {
    close(close_code::try_again_later, "this client reads too slowly; it will sync when it is back");
}

UNISONO_DECL void hocuspocus_session::close(close_code code, std::string_view reason) {
    auto* const carrier = std::exchange(carrier_, nullptr);
    if (!carrier)
        return;
    part_all(true);
    carrier->close(code, reason);
}

UNISONO_DECL std::shared_ptr<publisher const> hocuspocus_session::publisher_for(std::string const& user) {
    if (id_.empty())
        id_ = core_.options.random->token(12);
    return std::make_shared<publisher const>(publisher{id_, user});
}

} // namespace unisono::inline v0
