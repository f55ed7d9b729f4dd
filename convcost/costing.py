"""Graph and input shape in, ``Cost`` out, with "where" added to every error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from . import mending
from .arith import Dim, Shape, as_dim, assuming, at_least, is_symbolic, tidy
from .batches import Examples, with_batch
from .block import Block
from .errors import ConvcostError, ShapeError, SpecError
from .graph import Graph, Node, lower
from .layers.base import shape_text
from .result import Cost
from .row import Row

__all__ = ["Cost", "Row", "cost"]


def cost(block: Block | Graph, input_shape: Any = None, batch: Dim = 1) -> Cost:
    """What ``block`` costs for an input of ``input_shape`` (without the batch, channels first).

    A graph with several inputs takes a sequence of shapes. Any dim, and the batch, may be a symbol.

    Raises ``SpecError`` for a shape that is none, ``ShapeError`` where shapes cannot meet (saying where, what met what
    and what would mend it), ``UndecidedError`` where a question about symbols has no answer that could be assumed.

    >>> from convcost import Conv
    >>> cost(Conv(16, 1) >> Conv(32, 5, padding=2), (192, 28, 28)).macs
    12443648
    """
    graph = lower(block)
    with assuming() as conditions:
        inputs = given_shapes = _input_shapes(graph, input_shape)
        batch = as_dim(batch, "batch")
        if not at_least(batch, 1):
            raise SpecError("batch must be at least 1", got=f"batch={batch}")
        if graph.batch_dims is not None:
            inputs = with_batch(inputs, graph.batch_dims, batch)
        shapes = list(inputs)
        plain = type(batch) is int and all(type(dim) is int for shape in inputs for dim in shape)
        for node in graph.symbolic:
            plain = False
            _ask_again(node)
        for node in graph.nodes:
            layer, sources = node[1], node[2]
            try:
                if len(sources) == 1:
                    given = shapes[sources[0]]
                    output = layer.output_shape(given)
                    if output is given:
                        # Half of a network's layers keep the shape, which is settled already.
                        shapes.append(output)
                        continue
                else:
                    output = layer.output_shape(*[shapes[value] for value in sources])
                for dim in output:
                    if type(dim) is not int:
                        output = _settled(output)
                        plain = False
                        break
            except ConvcostError as error:
                mending.explain(error.at(node.path), graph, node, shapes)
                raise
            except (TypeError, ValueError) as error:
                # Arrays that do not broadcast against one another, or that a law cannot take.
                raise SpecError("arrays do not go together here", where=node.path, got=str(error)[:100]) from None
            shapes.append(output)
        outputs = tuple([shapes[value] for value in graph.outputs])
        if graph.batch_dims is not None:
            examples = Examples(graph, shapes, batch)
            outputs = tuple([examples.shape(value, shapes[value]) for value in graph.outputs])
        result = Cost(
            block,
            given_shapes,
            batch,
            outputs,
            graph.main,
            graph=graph,
            shapes=shapes,
            scopes=tuple(graph.scopes),
        )
        if not plain:
            # Whatever the laws have to assume about symbols belongs to the result.
            try:
                _ = result.rows
            except ConvcostError:
                raise
            except (TypeError, ValueError) as error:
                raise SpecError("arrays do not go together here", got=str(error)[:100]) from None
    if conditions:
        from . import symbolic

        result.conditions = symbolic.simplest(conditions)
    return result


def _input_shapes(graph: Graph, asked: Any) -> tuple[Shape, ...]:
    """One shape for every input of the graph, each dim checked."""
    if asked is None:
        if graph.input_shapes is None:
            raise SpecError("an input shape is needed", fix="give dims without the batch, such as (3, 224, 224)")
        return graph.input_shapes
    if not isinstance(asked, (tuple, list)):
        raise SpecError("a shape is a tuple of dims without the batch", got=repr(asked), fix="such as (3, 224, 224)")
    several = bool(asked) and all(isinstance(shape, (tuple, list)) for shape in asked)
    shapes = tuple(asked) if several else (asked,)
    if len(shapes) != graph.input_count:
        raise SpecError(f"the graph has {graph.input_count} inputs", got=f"{len(shapes)} shapes")
    return tuple(_shape(shape) for shape in shapes)


def _shape(dims: Sequence[Any]) -> Shape:
    shape = tuple([as_dim(dim, "a dim of the input") for dim in dims])
    for dim in shape:
        if not at_least(dim, 1):
            raise SpecError("dims are at least 1", got=f"input {shape_text(shape)}")
    return shape


def _ask_again(node: Node) -> None:
    """The checks of a layer's arguments that were left open when it was made, now that assumptions are recorded."""
    try:
        replace(node.layer)
    except ConvcostError as error:
        raise error.at(node.path) from None


def _settled(output: Shape) -> Shape:
    """Symbolic dims in canonical form; what has to hold of them is recorded as an assumption."""
    output = tuple(map(tidy, output))
    for dim in output:
        if not all(at_least(factor, 1) for factor in _factors(dim)):
            raise ShapeError("nothing is left of the map", got=f"output {shape_text(output)}")
    return output


def _factors(dim: Dim) -> tuple[Dim, ...]:
    """What has to be positive for ``dim`` to be: of a flattened map, each of the dims that were multiplied."""
    if is_symbolic(dim) and dim.is_Mul and all(f.is_integer and not f.is_negative for f in dim.args):
        return tuple(dim.args)
    return (dim,)
