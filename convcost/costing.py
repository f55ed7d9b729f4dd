"""Graph and input shape in, ``Cost`` out: rows and totals, with "where" added to every error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import cached_property
from typing import Any

from . import mending
from .arith import Dim, Shape, as_dim, assuming, at_least, is_symbolic, same
from .block import Block
from .conventions import convention
from .errors import ConvcostError, ShapeError, SpecError
from .graph import Graph, Node, Scope, lower
from .layers.base import Contracting, Layer, shape_text
from .layers.reshape import Unknown
from .tally import Tally


class Row:
    """One layer of a network: what goes in and out, and what it costs for the whole batch."""

    __slots__ = ("buffers", "inputs", "layer", "output", "params", "path", "ran", "tally", "times")

    def __init__(
        self,
        path: str,
        layer: Layer,
        inputs: tuple[Shape, ...],
        output: Shape,
        params: Dim,
        tally: Tally,
        *,
        buffers: Dim = 0,
        ran: bool = True,
        times: Dim = 1,
    ) -> None:
        self.path = path
        self.layer = layer
        self.inputs = inputs
        self.output = output
        self.params = params
        self.tally = tally
        self.buffers = buffers
        self.ran = ran
        self.times = times

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def kind(self) -> str:
        """The class of the layer, such as ``Conv``."""
        return type(self.layer).__name__

    @property
    def input(self) -> Shape:
        """The (first) input shape, without the batch."""
        return self.inputs[0] if self.inputs else ()

    @property
    def macs(self) -> Dim:
        """Multiply-accumulates; ``None`` for a layer without a law, whose cost is unknown and not zero."""
        return None if type(self.layer) is Unknown else self.tally.macs

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}: {shape_text(self.output)}, {self.params} params, {self.macs} MACs>"


class Cost:
    """What a network costs at one input shape.

    Integers are exact; where something is symbolic a total is a SymPy expression over
    :func:`convcost.symbols`. ``rows`` add up to the totals.
    """

    def __init__(
        self,
        source: Any,
        inputs: tuple[Shape, ...],
        batch: Dim,
        outputs: tuple[Shape, ...],
        main: int = 0,
        *,
        rows: tuple[Row, ...] | None = None,
        graph: Graph | None = None,
        shapes: Sequence[Shape] = (),
        conditions: tuple[Any, ...] = (),
        notes: tuple[str, ...] | None = None,
        unsupported: tuple[str, ...] | None = None,
        scopes: tuple[Scope, ...] = (),
    ) -> None:
        self.source = source
        self.inputs = inputs
        self.batch = batch
        self.outputs = outputs
        #: Which of the outputs is the main one.
        self.main = main
        self.conditions = conditions
        self.scopes = scopes
        self._graph = graph
        self._shapes = shapes
        if rows is not None:
            self.__dict__["rows"] = rows
        if notes is not None:
            self.__dict__["notes"] = notes
        if unsupported is not None:
            self.__dict__["unsupported"] = unsupported

    @property
    def spec(self) -> str:
        """What was asked about, in notation where there is one."""
        return self.source if isinstance(self.source, str) else repr(self.source)

    @property
    def graph(self) -> Graph:
        """The graph that was costed; raises ``SpecError`` for a cost that was read or substituted, which has none."""
        if self._graph is None:
            raise SpecError("this cost has rows but no graph", fix="ask cost() of the block itself")
        return self._graph

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """One row per layer, in the order in which they run; made when first asked for."""
        rows: list[Row] = []
        for (node, given, output), (params, buffers) in zip(self._placed(), self._declared(), strict=True):
            layer, times = node.layer, node.times
            tally = layer.tally(*given, out=output)
            factor = times * self.batch if layer.per_example else times
            if type(factor) is not int or factor != 1:
                tally = tally.scaled(factor)
            rows.append(Row(node.path, layer, given, output, params, tally, buffers=buffers, times=times))
        return tuple(rows)

    def value_shape(self, value: int) -> Shape:
        """The shape of a value of the graph: first its inputs, then the output of every row."""
        first = len(self.inputs)
        return self.inputs[value] if value < first else self.rows[value - first].output

    def _declared(self) -> Iterator[tuple[Dim, Dim]]:
        """Params and buffers of every node; what is shared counts where it first occurs."""
        seen: dict[str, tuple[str, Dim]] = {}
        for node, given, output in self._placed():
            params, buffers = node.layer.params(*given, out=output), node.layer.buffers(*given)
            if node.weights == node.path:
                yield params * node.times, buffers * node.times
                continue
            first, size = seen.setdefault(node.weights, (node.path, params))
            if not same(size, params):
                raise ShapeError(
                    f"shares its weights with {first}, which has {size} params",
                    where=node.path,
                    got=f"{params} params",
                )
            yield (params * node.times, buffers * node.times) if first == node.path else (0, 0)

    def _placed(self) -> Iterator[tuple[Node, tuple[Shape, ...], Shape]]:
        """Every node with the shapes that come in and go out."""
        if self._graph is None:
            return
        shapes, first = self._shapes, self._graph.input_count
        for number, node in enumerate(self._graph.nodes, start=first):
            yield node, tuple([shapes[value] for value in node.inputs]), shapes[number]

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Remarks on what is allowed but rarely meant."""
        hints = ((node.path, node.layer.hint(*given)) for node, given, _ in self._placed())
        return tuple(f"{path}: {hint}" for path, hint in hints if hint)

    @cached_property
    def unsupported(self) -> tuple[str, ...]:
        """What was not counted: path and operator."""
        nodes = () if self._graph is None else self._graph.nodes
        return tuple(f"{node.path}: {node.layer.operator}" for node in nodes if type(node.layer) is Unknown)

    # -- totals --------------------------------------------------------------------------------------------------

    @cached_property
    def tally(self) -> Tally:
        """All operations, by kind."""
        counts: dict[str, Dim] = {}
        for row in self.rows:
            for kind, count in row.tally.items():
                counts[kind] = counts[kind] + count if kind in counts else count
        return Tally(**counts)

    @cached_property
    def _macs(self) -> Dim:
        """The MACs alone: the most asked total, without making rows for it."""
        if "rows" in self.__dict__:
            return self.tally.macs
        total: Dim = 0
        graph, shapes = self.graph, self._shapes
        for number, (_, layer, sources, times, _) in enumerate(graph.nodes, start=graph.input_count):
            if isinstance(layer, Contracting):
                count = layer.macs(*[shapes[value] for value in sources], out=shapes[number])
                total = total + count * times * (self.batch if layer.per_example else 1)
        return total

    @property
    def macs(self) -> Dim:
        """Multiply-accumulates of convolutions, linear layers and matrix products, for the whole batch.

        ``None`` where the status is ``unknown``.
        """
        return self.under("macs")

    @property
    def flops(self) -> Dim:
        """Two per multiply-accumulate."""
        return self.under("flops")

    @property
    def params(self) -> Dim:
        """Distinct declared parameter scalars."""
        return self.closed_form("params")

    @property
    def trainable_params(self) -> Dim:
        """Those of :attr:`params` that training changes: all of them in a spec."""
        return self.params

    @property
    def buffers(self) -> Dim:
        """Stored scalars that are not learned (running statistics)."""
        return self.closed_form("buffers")

    @property
    def output_shape(self) -> Any:
        """The output's shape; a tuple of shapes where there are several outputs, side outputs first."""
        return self.outputs[0] if len(self.outputs) == 1 else self.outputs

    @property
    def output(self) -> Shape:
        """The shape of the main output."""
        return self.outputs[self.main]

    @property
    def status(self) -> str:
        """``exact``; ``lower-bound`` where something was not counted; ``unknown`` where nothing was."""
        if not self.unsupported:
            return "exact"
        return "lower-bound" if any(type(row.layer) is not Unknown for row in self.rows) else "unknown"

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What must hold of the symbols for this result, in words such as ``H % 2 == 0``."""
        return tuple(map(str, self.conditions))

    def under(self, name: str) -> Dim:
        """The cost under a convention, in that convention's own unit.

        >>> from convcost import Conv
        >>> cost(Conv(32, 5, padding=2), (192, 28, 28)).under("full")
        240869888
        """
        price = convention(name)
        if self.status == "unknown":
            return None
        if price.prices.keys() == {"macs"}:
            return self.closed(self._macs * price.prices["macs"])
        return self.closed(price.price(self.tally))

    def closed_form(self, quantity: str = "macs") -> Dim:
        """A total as an ``int`` or a simplified SymPy expression: ``params``, ``buffers`` or a convention's name."""
        if quantity == "params":
            return self.closed(self._stored[0])
        if quantity == "buffers":
            return self.closed(self._stored[1])
        return self.under(quantity)

    @cached_property
    def _stored(self) -> tuple[Dim, Dim]:
        """Params and buffers, without making rows for them."""
        each = [(row.params, row.buffers) for row in self.rows] if "rows" in self.__dict__ else [*self._declared()]
        return sum([params for params, _ in each]), sum([buffers for _, buffers in each])

    @staticmethod
    def closed(value: Dim) -> Dim:
        """``value`` in its simplest exact form."""
        if not is_symbolic(value):
            return value
        from . import symbolic

        return symbolic.closed_form(value)

    # -- values for symbols --------------------------------------------------------------------------------------

    def subs(self, values: Mapping[Any, Any] | None = None, /, **named: Any) -> Cost:
        """The same cost with numbers (or other symbols) in place of symbols.

        Raises :class:`~convcost.errors.ShapeError` where they break an assumption of this result.

        >>> from convcost import Conv, symbols
        >>> h = symbols("h")
        >>> cost(Conv(8, 3), (3, h, h)).subs(h=9).macs
        10584
        """
        from . import symbolic

        with assuming() as conditions:
            table = symbolic.assignment({**(values or {}), **named}, self.symbols)
            for value in table.values():
                as_dim(value, "a value")
        for condition in self.conditions:
            answer = condition.under(table)
            if answer is False:
                raise ShapeError(f"this result needs {condition}", got=_said(table))
            if answer is not True:
                conditions.append(answer)

        done: dict[Any, Dim] = {}

        def put(value: Dim) -> Dim:
            """``value`` with the numbers in it; rows repeat one another's expressions a lot."""
            if not is_symbolic(value):
                return value
            if value not in done:
                done[value] = symbolic.substitute(value, table)
            return done[value]

        def shape(dims: Shape) -> Shape:
            return tuple(map(put, dims))

        rows = tuple(
            Row(
                row.path,
                _with_values(row.layer, put),
                tuple(map(shape, row.inputs)),
                shape(row.output),
                put(row.params),
                Tally(**{kind: put(count) for kind, count in row.tally.items()}),
                buffers=put(row.buffers),
                ran=row.ran,
                times=put(row.times),
            )
            for row in self.rows
        )
        return Cost(
            self.source,
            tuple(map(shape, self.inputs)),
            put(self.batch),
            tuple(map(shape, self.outputs)),
            self.main,
            rows=rows,
            conditions=symbolic.simplest(conditions),
            notes=self.notes,
            unsupported=self.unsupported,
            scopes=self.scopes,
        )

    @property
    def symbols(self) -> frozenset[Any]:
        """The symbols that occur in inputs, params or tallies."""
        values: list[Dim] = [self.batch, *(dim for shape in self.inputs for dim in shape)]
        for row in self.rows:
            values += [row.params, row.buffers, row.times, *row.output, *row.tally.values()]
        return frozenset().union(*(value.free_symbols for value in values if is_symbolic(value)))

    # -- other forms ---------------------------------------------------------------------------------------------

    def steps(self, quantity: str = "macs") -> list[str]:
        """The derivation line by line: law, numbers put in, result; then the sum."""
        from .report.steps import steps

        return steps(self, quantity)

    def table(self, fmt: str = "plain", **options: Any) -> str:
        """Rows and totals as ``plain``, ``markdown``, ``latex``, ``html``, ``csv`` or ``json`` text."""
        from .report import render

        return render(self, fmt, **options)

    def summary(self, tool: str = "torchsummary") -> Any:
        """The table that a summary tool prints of this network, as data that prints like the tool."""
        from .report.summary import summary

        return summary(self, tool)

    def to_dict(self, convention: str = "macs") -> dict[str, Any]:
        """The ``cost`` JSON object; symbolic quantities are strings."""
        from .report.json import cost_to_dict

        return cost_to_dict(self, convention)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Cost:
        """A cost back from :meth:`to_dict`."""
        from .report.json import cost_from_dict

        return cost_from_dict(data)

    def _repr_html_(self) -> str:
        return self.table("html")

    def _repr_latex_(self) -> str:
        from . import symbolic

        return rf"$\text{{MACs}} = {symbolic.latex(self.macs)},\quad \text{{params}} = {symbolic.latex(self.params)}$"

    def __repr__(self) -> str:
        return f"<Cost of {self.spec[:60]}: {self.macs} MACs, {self.params} params, {self.status}>"


def _with_values(layer: Layer, put: Any) -> Layer:
    changes = {}
    for item in fields(layer):
        value = getattr(layer, item.name)
        if is_symbolic(value):
            changes[item.name] = put(value)
        elif isinstance(value, tuple) and any(map(is_symbolic, value)):
            changes[item.name] = tuple(map(put, value))
    return replace(layer, **changes) if changes else layer


def _said(values: Mapping[Any, Any]) -> str:
    return ", ".join(f"{symbol}={value}" for symbol, value in values.items())


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
        inputs = _input_shapes(graph, input_shape)
        batch = as_dim(batch, "batch")
        if not at_least(batch, 1):
            raise SpecError("batch must be at least 1", got=f"batch={batch}")
        shapes = list(inputs)
        plain = type(batch) is int and all(type(dim) is int for shape in inputs for dim in shape)
        for node in graph.nodes:
            _, layer, sources, _, _ = node
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
                        output = _settled(layer, output)
                        plain = False
                        break
            except ConvcostError as error:
                mending.explain(error.at(node.path), graph, node, shapes)
                raise
            except (TypeError, ValueError) as error:
                # Arrays that do not broadcast against one another, or that a law cannot take.
                raise SpecError("arrays do not go together here", where=node.path, got=str(error)[:100]) from None
            shapes.append(output)
        result = Cost(
            block,
            inputs,
            batch,
            tuple([shapes[value] for value in graph.outputs]),
            graph.main,
            graph=graph,
            shapes=shapes,
            scopes=tuple(graph.scopes),
        )
        if not plain or graph.symbolic:
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


def _settled(layer: Layer, output: Shape) -> Shape:
    """Symbolic dims in canonical form; what has to hold of them is recorded as an assumption."""
    for item in fields(layer):
        value = getattr(layer, item.name)
        if is_symbolic(value) or (type(value) is tuple and any(map(is_symbolic, value))):
            # The arguments' own checks were left open when the layer was made: ask them again, here.
            replace(layer)
            break
    output = tuple(map(_tidy, output))
    for dim in output:
        if not all(at_least(factor, 1) for factor in _factors(dim)):
            raise ShapeError("nothing is left of the map", got=f"output {shape_text(output)}")
    return output


def _factors(dim: Dim) -> tuple[Dim, ...]:
    """What has to be positive for ``dim`` to be: of a flattened map, each of the dims that were multiplied."""
    if is_symbolic(dim) and dim.is_Mul and all(f.is_integer and not f.is_negative for f in dim.args):
        return tuple(dim.args)
    return (dim,)


def _tidy(dim: Dim) -> Dim:
    if not is_symbolic(dim):
        return dim
    from . import symbolic

    return symbolic.tidy(dim)
