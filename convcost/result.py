"""What a network costs: rows, totals, and the forms in which both can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from .arith import Dim, Shape, is_symbolic, same, tidy
from .conventions import Term, convention
from .conventions.prices import PriceList
from .errors import ShapeError, SpecError
from .graph import Graph, Node, Scope
from .maps import MapFacts, Maps
from .row import Row
from .tally import Tally


class Cost(Maps):
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
        map_facts: MapFacts | None = None,
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
        self._map_facts = map_facts
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
        shown = self._shown
        once = () if self._graph is None else self._graph.constants
        placed = zip(self._placed(), self._declared(), strict=True)
        for value, ((node, given, output), (params, buffers, trainable)) in enumerate(placed, start=len(self.inputs)):
            layer, times = node.layer, node.times
            if layer.is_silent and node.declared is None:
                continue
            tally = layer.tally(*given, out=output)
            grows = layer.per_example and shown is None and value not in once
            factor = times * self.batch if grows else times
            if type(factor) is not int or factor != 1:
                tally = tally.scaled(factor)
            if shown is not None:
                given, output = shown.of_row(node, given, output)
                layer = layer.row_layer
            rows.append(
                Row(
                    node.path, layer, given, output, tidy(params), tally, buffers=tidy(buffers), times=times,
                    ran=node.ran, trainable=tidy(trainable), facts=(self, value),
                )
            )  # fmt: skip
        return tuple(rows)

    @cached_property
    def _shown(self) -> Any:
        """How shapes that carry the batch are shown without it; ``None`` for a graph of layers."""
        if self._graph is None or self._graph.batch_dims is None:
            return None
        from .batches import Examples

        return Examples(self._graph, self._shapes, self.batch)

    def value_shape(self, value: int) -> Shape:
        """The shape of a value of the graph (first its inputs, then what every node gives), without the batch."""
        shape: Shape = self._shapes[value]
        return shape if self._shown is None else self._shown.shape(value, shape)

    def whole_shape(self, value: int) -> Shape:
        """The shape of a value of an imported graph, batch and all."""
        return self._shapes[value]

    def _declared(self) -> Iterator[tuple[Dim, Dim, Dim]]:
        """Params, buffers and trainable params of every node; what is shared counts where it first occurs."""
        seen: dict[str, tuple[str, Dim]] = {}
        nodes = () if self._graph is None else self._graph.nodes
        shared = {node.weights for node in nodes if node.weights != node.path}
        imported = self._graph is not None and self._graph.batch_dims is not None
        elsewhere = {} if self._graph is None else self._graph.elsewhere
        for value, (node, given, output) in enumerate(self._placed(), start=len(self.inputs)):
            if node.declared is not None or imported:
                params, trainable, buffers = node.declared or (0, 0, 0)
                yield params, buffers, trainable
                continue
            params, buffers = node.layer.params(*given, out=output), node.layer.buffers(*given)
            if value in elsewhere:
                params, buffers = params - elsewhere[value][0], buffers - elsewhere[value][1]
            if node.weights == node.path and node.path not in shared:
                yield params * node.times, buffers * node.times, params * node.times
                continue
            first, size = seen.setdefault(node.weights, (node.path, params))
            if not same(size, params):
                raise ShapeError(
                    f"shares its weights with {first}, which has {size} params",
                    where=node.path,
                    got=f"{params} params",
                )
            times = node.times if first == node.path else 0
            yield params * times, buffers * times, params * times

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
        return tuple(f"{node.path}: {getattr(node.layer, 'operator', '')}" for node in nodes if node.layer.is_unknown)

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
        carries = graph.batch_dims is not None
        for number, (_, layer, sources, times, *_) in enumerate(graph.nodes, start=graph.input_count):
            if layer.has_macs:
                count = layer.macs(*[shapes[value] for value in sources], out=shapes[number])
                once = not layer.per_example or carries or number in graph.constants
                total = total + (count * times if once else count * times * self.batch)
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
        return self.closed_form("trainable_params")

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
        return "lower-bound" if any(row.ran and not row.layer.is_unknown for row in self.rows) else "unknown"

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What must hold of the symbols for this result, in words such as ``H % 2 == 0``."""
        return tuple(map(str, self.conditions))

    def under(self, name: str) -> Dim:
        """The cost under a convention, in that convention's own unit.

        >>> from convcost import Conv, cost
        >>> cost(Conv(32, 5, padding=2), (192, 28, 28)).under("full")
        240869888
        """
        price = convention(name)
        if self.status == "unknown":
            return None
        if isinstance(price, PriceList):
            # Linear in the tally, so that no row has to be made for the most asked total.
            if price.prices.keys() == {"macs"}:
                return self.closed(self._macs * price.prices["macs"])
            return self.closed(price.price(self.tally))
        return self.closed(sum((term.value for term in self.account(name)), 0))

    def traced(self, evaluates: bool = False) -> Cost:
        """This cost as that of an imported module, with the record of its calls: the one that was imported, or the
        module that ``to_torch`` builds. ``evaluates`` asks for evaluation mode where the import was in training.

        Raises ``UnsupportedError`` where torch is missing.
        """
        graph = self.graph
        if graph.calls is None:
            if "_built" not in self.__dict__:
                from .frameworks import rebuilt

                self.__dict__["_built"] = rebuilt(self)
            built: Cost = self.__dict__["_built"]
            return built
        if evaluates and graph.evaluated is not None:
            from .costing import cost

            return cost(graph.evaluated, self.inputs, self.batch)
        return self

    def account(self, name: str) -> tuple[Term, ...]:
        """What a convention charges, entry by entry; the values add up to :meth:`under`.

        >>> from convcost import Conv, cost
        >>> [(term.part, term.value) for term in cost(Conv(8, 1), (3, 4, 4)).account("full")]
        [('convolutions', 768), ('bias of convolutions', 128)]
        """
        if name not in self._accounts:
            self._accounts[name] = tuple(convention(name).account(self))
        return self._accounts[name]

    @cached_property
    def _accounts(self) -> dict[str, tuple[Term, ...]]:
        """Accounts that were asked for: several questions are asked of each."""
        return {}

    def closed_form(self, quantity: str = "macs") -> Dim:
        """A total as an ``int`` or a simplified SymPy expression: ``params``, ``buffers`` or a convention's name."""
        if quantity == "params":
            return self.closed(self._stored[0])
        if quantity in ("buffers", "trainable_params"):
            return self.closed(self._stored[1 if quantity == "buffers" else 2])
        return self.under(quantity)

    @cached_property
    def _stored(self) -> tuple[Dim, Dim, Dim]:
        """Params, buffers and trainable params, without making rows for them."""
        each: list[tuple[Dim, Dim, Dim]]
        if "rows" in self.__dict__:
            each = [(row.params, row.buffers, row.trainable) for row in self.rows]
        else:
            each = [*self._declared()]
        return sum([e[0] for e in each]), sum([e[1] for e in each]), sum([e[2] for e in each])

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

        >>> from convcost import Conv, cost, symbols
        >>> h = symbols("h")
        >>> cost(Conv(8, 3), (3, h, h)).subs(h=9).macs
        10584
        """
        from .substitution import put_into

        return put_into(self, {**(values or {}), **named})

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
