#pragma once

#include <unisono/crdt/yjs/state_vector.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <cstdint>

namespace unisono::inline v0::yjs::detail {

/// Writes of structs, which come client by client, what a replica at `known` lacks.
template <class Writer>
class difference {
public:
    difference(state_vector const& known, Writer& out) noexcept : known_(known), out_(out) {}

    void add(struct_view s) {
        if (!begun_ || s.client != client_) {
            begun_ = true;
            client_ = s.client;
            have_ = known_.get(client_);
            writing_ = false;
        }
        if (!writing_) {
            // A gap at the front says nothing: the receiver knows where it stands.
            if (s.kind == struct_kind::skip || s.end() <= have_)
                return;
            if (s.clock < have_)
                s.drop_front(have_ - s.clock);
            writing_ = true;
        }
        out_.write(s);
    }

private:
    state_vector const& known_;
    Writer& out_;
    bool begun_ = false;
    bool writing_ = false;     // is what comes missing?
    std::uint64_t client_ = 0; // of the struct before
    std::uint64_t have_ = 0;   // what the replica has of it
};

} // namespace unisono::inline v0::yjs::detail
