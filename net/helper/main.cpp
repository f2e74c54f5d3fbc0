// twomsl-lab: owns the namespaces of one laboratory, hands out descriptors into them, and dies with
// twomsl.
//
// It is a process of its own because only a process with a single thread may create a user
// namespace.
#include "net/lab/serve.hpp"

int main(int argc, char** argv) {
    return net::lab::serve(argc, argv);
}
