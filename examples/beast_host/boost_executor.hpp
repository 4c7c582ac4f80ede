#pragma once

#include <unisono/core/executor.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

/// The host's loop as unisono sees it. Run by one thread: rooms need no lock then.
class boost_executor final : public unisono::executor {
public:
    explicit boost_executor(boost::asio::io_context& loop) : loop_(loop) {}

    void post(unisono::task work) override { boost::asio::post(loop_, std::move(work)); }
    bool running_here() const noexcept override { return loop_.get_executor().running_in_this_thread(); }

private:
    boost::asio::io_context& loop_;
};
