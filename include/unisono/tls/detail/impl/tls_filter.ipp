#pragma once

#include <unisono/core/config.hpp>
#include <unisono/tls/detail/tls_filter.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL BIO_METHOD const* tls_filter::bytes() {
    static bio_method_ptr const method = [] {
        bio_method_ptr made{
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "the bytes of a connection")};
        if (!made)
            throw std::bad_alloc{};
        auto* const m = made.get();
        BIO_meth_set_create(m, [](BIO* bio) {
            BIO_set_init(bio, 1);
            return 1;
        });
        BIO_meth_set_read(m, [](BIO* bio, char* out, int size) {
            auto& input = static_cast<tls_filter*>(BIO_get_data(bio))->input_;
            BIO_clear_retry_flags(bio);
            if (input.empty()) {
                BIO_set_retry_read(bio);
                return -1;
            }
            auto const count = std::min(input.size(), static_cast<std::size_t>(size));
            std::memcpy(out, input.data(), count);
            input = input.subspan(count);
            return static_cast<int>(count);
        });
        BIO_meth_set_write(m, [](BIO* bio, char const* from, int size) {
            try {
                append(static_cast<tls_filter*>(BIO_get_data(bio))->output_,
                       std::string_view{from, static_cast<std::size_t>(size)});
                return size;
            } catch (std::bad_alloc const&) { // nothing may be thrown through C
                return -1;
            }
        });
        BIO_meth_set_ctrl(
            m, [](BIO*, int command, long, void*) -> long { return command == BIO_CTRL_FLUSH ? 1 : 0; });
        return made;
    }();
    return method.get();
}

UNISONO_DECL std::unique_ptr<tls_filter> tls_filter::make(std::shared_ptr<tls_state> state) {
    std::unique_ptr<tls_filter> made{new tls_filter(std::move(state))};
    made->ssl_.reset(SSL_new(made->state_->first()));
    bio_ptr bio{BIO_new(bytes())};
    if (!made->ssl_ || !bio) {
        ERR_clear_error();
        return nullptr;
    }
    BIO_set_data(bio.get(), made.get());
    SSL_set_bio(made->ssl_.get(), bio.get(), bio.get()); // owns it from here on
    (void)bio.release();
    SSL_set_accept_state(made->ssl_.get());
    return made;
}

UNISONO_DECL result<std::size_t> tls_filter::read(mutable_bytes out) {
    ERR_clear_error();
    bool const was_ready = ready();
    std::size_t count = 0;
    int const done = SSL_read_ex(ssl_.get(), out.data(), out.size(), &count);
    if (done == 1)
        return count;
    switch (SSL_get_error(ssl_.get(), done)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_ZERO_RETURN:
        return std::size_t{0};
    default:
        ERR_clear_error();
        return was_ready ? tls_error::broken_record : tls_error::handshake_failed;
    }
}

UNISONO_DECL result<void> tls_filter::write(bytes_view plain) {
    ERR_clear_error();
    std::size_t count = 0;
    if (SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &count) == 1)
        return {};
    ERR_clear_error();
    return tls_error::broken_record;
}

UNISONO_DECL void tls_filter::finish() {
    if (ready() && (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) == 0)
        SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

UNISONO_DECL void tls_filter::consume(std::size_t count) {
    written_ += count;
    if (written_ == output_.size()) {
        byte_buffer{}.swap(output_); // a connection at rest holds no buffer
        written_ = 0;
    }
}

} // namespace unisono::inline v0::detail
