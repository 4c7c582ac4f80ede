#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/protocol/documents/reader.hpp>
#include <unisono/protocol/documents/session.hpp>
#include <unisono/protocol/hocuspocus/detail/client.hpp>
#include <unisono/protocol/hocuspocus/detail/core.hpp>
#include <unisono/protocol/hocuspocus/detail/frames.hpp>
#include <unisono/protocol/hocuspocus/options.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {
class hocuspocus_session;
}

namespace unisono::inline v0::detail {

/// One document of one Hocuspocus connection, and its subscriber there.
class hocuspocus_document final : public document_reader,
                                  public hocuspocus_client,
                                  public std::enable_shared_from_this<hocuspocus_document> {
public:
    hocuspocus_document(hocuspocus_session& connection, std::string_view address, std::string_view name);

    /// A message, from its type on.
    void receive(bytes_view message);

    void deliver(message_ptr const& m) override;
    void on_notice(document_notice const& notice) override;

    /// The connection takes something again.
    void on_room();

    void send_stateless(std::string_view message) override;
    void request_token() override;
    void put_out(std::string_view reason) override;

    /// The connection is over. `broke_rules`: what is still under way from it is not done any more.
    void part(bool broke_rules);

private:
    enum class phase : std::uint8_t {
        waiting, ///< for a token
        asking,  ///< the host decides; what comes waits
        open,
        refused, ///< what comes is dropped, except a token
        parted,
    };

    void keep(bytes_view message);
    std::vector<byte_buffer> take_kept();
    void authenticate(lib0_reader& in);
    void decide(result<document_grant> answer, bool renews);
    void enter(document_grant grant, bool renews);
    void open(document_access access);
    void leave(bool broke_rules);
    void forget();
    void handle(lib0_reader& in);
    void on_sync(lib0_reader& in);
    void on_stateless(lib0_reader& in);
    void close();
    void deny(std::string_view reason);
    void reply(payload frame, std::size_t more = 0);
    /// Sends what the client lacks; `last` says what the end of it is.
    void send_missing(document_answer const& a, hocuspocus_sync last);
    void tell_stored(bool stored);
    void tell_awareness(document_answer const& a);

    /// Calls `then(document_answer const&)` while the document is still open.
    template <class Then>
    document_done answered(Then then);
    template <class Then>
    void ask(document_verb verb, bytes_view data, Then then);

    hocuspocus_session* connection_; ///< null when parted
    std::string address_; ///< what the client calls it: the name, or the name, NUL and a session id
    std::string name_;
    std::shared_ptr<publisher const> who_;
    std::shared_ptr<document_session> link_;          ///< while open, also while a new token is looked at
    hocuspocus_core::open_documents::iterator place_; ///< valid while there is a link
    std::vector<byte_buffer> kept_;                   ///< what came while it waited
    payload stored_;                                  ///< says that a change is stored; once needed
    phase phase_ = phase::waiting;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// The definitions need both classes, whichever header comes first.
#include <unisono/protocol/hocuspocus/detail/impl/document.ipp>
#include <unisono/protocol/hocuspocus/session.hpp>
#endif
