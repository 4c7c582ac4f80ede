// The least an echo server can do: what one read brought is answered with one write.

#include "support/floor_loop.hpp"
#include "support/options.hpp"

#include <string>

namespace {

class echo : public benchmark::floor_loop<echo> {
public:
    using floor_loop::floor_loop;

    void on_frame(connection& c, benchmark::frame const& f) {
        if (current_ != &c)
            end_turn();
        current_ = &c;
        append_unmasked(answers_, f);
    }

    void end_turn() {
        if (current_)
            send_now(*current_, answers_);
        current_ = nullptr;
        answers_.clear();
    }

private:
    connection* current_ = nullptr;
    std::string answers_; ///< to the current connection
};

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options(argc, argv, {{"port", "9000"}});
    benchmark::raise_descriptor_limit();
    echo(options.number("port")).run();
}
