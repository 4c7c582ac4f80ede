#pragma once

#include <string_view>

namespace unisono::inline v0::detail {

/// One client in one document, as the program sees it. Lives on its connection's shard.
class hocuspocus_client {
public:
    virtual ~hocuspocus_client() = default;

    virtual void send_stateless(std::string_view message) = 0;
    virtual void request_token() = 0;

    /// Until it authenticates again, it is not listened to.
    virtual void put_out(std::string_view reason) = 0;
};

} // namespace unisono::inline v0::detail
