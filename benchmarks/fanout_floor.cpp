// The least a room server can do: frames a message once and sends the same bytes to every WebSocket and event
// stream. What arrives from one WebSocket goes to all, its sender included.

#include "support/floor_loop.hpp"
#include "support/options.hpp"

#include <cstdio>
#include <string>

namespace {

class room : public benchmark::floor_loop<room> {
public:
    room(double port, bool cork) : floor_loop(port), cork_(cork) {}

    void on_frame(connection&, benchmark::frame const& f) {
        append_unmasked(frames_, f);
        append_event(f);
        if (!cork_)
            end_turn();
    }

    void end_turn() {
        if (frames_.empty())
            return;
        for (connection* c : all())
            if (c->speaks == speech::websocket)
                send_now(*c, frames_);
            else if (c->speaks == speech::events)
                send_now(*c, events_);
        frames_.clear();
        events_.clear();
    }

private:
    void append_event(benchmark::frame const& f) {
        char size[20];
        std::snprintf(size, sizeof(size), "%zx\r\n", f.body.size() + 8);
        events_ += size;
        events_ += "data: ";
        append_unmasked_body(events_, f);
        events_ += "\n\n\r\n";
    }

    bool cork_;
    std::string frames_; ///< for everybody
    std::string events_;
};

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options(argc, argv, {{"port", "9000"}, {"cork", benchmark::options::off}});
    benchmark::raise_descriptor_limit();
    room(options.number("port"), options.flag("cork")).run();
}
