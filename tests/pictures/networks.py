"""Random networks to draw: series and branches, and graphs of any kind."""

from __future__ import annotations

from hypothesis import strategies as st

from convcost import Add, BatchNorm, Concat, Conv, Graph, Identity, Mul, Pool, ReLU, Repeat, Tap

LAYERS = st.one_of(
    st.builds(Conv, st.sampled_from([8, 64, 2048]), st.just(1)),
    st.builds(lambda n: Conv(n, 3, padding=1), st.sampled_from([8, 16])),
    st.just(Pool(3, stride=1, padding=1)),
    st.just(BatchNorm()),
    st.just(ReLU()),
)


def _grown(inner):
    branches = st.lists(st.one_of(st.just(Identity()), inner), min_size=2, max_size=4)
    return st.one_of(
        st.builds(lambda a, b: a >> b, inner, inner),
        branches.map(lambda parts: Concat(*parts)),
        st.builds(lambda a, b: Add(a >> Conv(8, 1), b >> Conv(8, 1)), inner, inner),
        st.builds(lambda a: Conv(8, 1) >> Add(Identity(), a >> Conv(8, 1)), inner),
        st.builds(lambda a: Conv(8, 1) >> Mul(a >> Conv(8, 1), Identity()), inner),
        st.builds(lambda a: Tap(a) >> Conv(8, 1), inner),
        st.builds(lambda a: Conv(8, 1) >> Repeat(a >> Conv(8, 1), 3), inner),
    )


#: Blocks of 1 to some 40 layers; the map keeps its size.
BLOCKS = st.recursive(LAYERS, _grown, max_leaves=14)


@st.composite
def graphs(draw, most=14):
    """A graph in which every node may read any values before it; several inputs, several outputs."""
    graph = Graph()
    values = [graph.input() for _ in range(draw(st.integers(1, 3)))]
    for _ in range(draw(st.integers(1, most))):
        sources = draw(st.lists(st.sampled_from(values[-9:]), min_size=1, max_size=4))
        if len(sources) == 1:
            # A name is the only one of its kind.
            name = draw(st.sampled_from([None, "a name that is rather long for a layer", "卷积", "x<y&z"]))
            values.append(graph.add(draw(LAYERS), sources[0], name=name and f"{name} {len(values)}"))
        else:
            values.append(graph.add(Concat(), *sources))
    for value in draw(st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)):
        graph.output(value)
    return graph
