"""Reachability after a loss, judged by networkx on random networks."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.checks.reach import check_communes, check_datacenters
from territory.loader import load_territory
from territory.losses import Kind, Loss, datacenter_losses, single_losses, survivors
from territory.model import AccessNetwork, Circuit, Territory

SANDBOX = load_territory("sandbox")
ROUTERS = [router.id for router in SANDBOX.border_routers]
PATHS = [path.id for path in SANDBOX.paths]


@st.composite
def networks(draw: st.DrawFn) -> Territory:
    """The sandbox with circuits and access networks drawn at random."""
    ends = st.tuples(st.sampled_from(ROUTERS), st.sampled_from(ROUTERS))
    circuits = [
        Circuit(id=f"c-{n}", number=n, routers=draw(ends), path=draw(st.sampled_from(PATHS)))
        for n in range(1, draw(st.integers(1, 6)) + 1)
    ]
    networks = [
        AccessNetwork(id=f"a-{n}", number=n, router=draw(st.sampled_from(ROUTERS)), path=draw(st.sampled_from(PATHS)))
        for n in range(1, 5)
    ]
    some = st.lists(st.sampled_from([network.id for network in networks]), min_size=1, max_size=3)
    communes = [commune.model_copy(update={"access": tuple(draw(some))}) for commune in SANDBOX.communes]
    return SANDBOX.model_copy(
        update={"circuits": tuple(circuits), "access_networks": tuple(networks), "communes": tuple(communes)}
    )


def backbone(t: Territory, loss: Loss) -> nx.Graph[str]:
    """The network without what is lost, built the slow and obvious way: all of it, then things taken out."""
    graph: nx.Graph[str] = nx.Graph()
    for dc in t.datacenters:
        graph.add_node(f"site {dc.id}")
    for router in t.border_routers:
        graph.add_edge(f"router {router.id}", f"site {router.site}")
    for circuit in t.circuits:  # a circuit is a node of its own, so that taking it out is taking out a node
        for router_id in circuit.routers:
            graph.add_edge(f"circuit {circuit.id}", f"router {router_id}")
    graph.remove_nodes_from([f"router {router}" for router in loss.routers])
    graph.remove_nodes_from([f"site {site}" for site in loss.sites])
    graph.remove_nodes_from([f"circuit {c.id}" for c in t.circuits if c.id in loss.circuits or c.path in loss.paths])
    return graph


def connected(graph: nx.Graph[str], one: str, other: str) -> bool:
    return one in graph and other in graph and graph.degree(one) > 0 and nx.has_path(graph, one, other)


@given(networks())
@settings(max_examples=150, deadline=None)
def test_reachability_is_what_networkx_says(t: Territory) -> None:
    for loss in (*single_losses(t), *datacenter_losses(t)):
        graph, left = backbone(t, loss), survivors(t, loss)
        assert left.joined("lac", "pessac") == connected(graph, "site lac", "site pessac"), loss
        for commune in t.communes:
            for dc in t.datacenters:
                expected = any(
                    network.path not in loss.paths and connected(graph, f"router {network.router}", f"site {dc.id}")
                    for network in t.access_networks
                    if network.id in commune.access
                )
                assert left.reaches(commune, dc.id) == expected, (loss, commune.insee, dc.id)


@given(networks())
@settings(max_examples=100, deadline=None)
def test_checks_pass_exactly_when_every_loss_is_survived(t: Territory) -> None:
    graphs = [backbone(t, loss) for loss in single_losses(t)]
    survived = all(connected(graph, "site lac", "site pessac") for graph in graphs)
    assert (not list(check_datacenters(t))) == survived


def test_losses_are_of_every_kind() -> None:
    t = load_territory("bordeaux")
    count = {kind: sum(loss.kind is kind for loss in (*single_losses(t), *datacenter_losses(t))) for kind in Kind}
    assert count == {
        Kind.PATH: 7, Kind.CARRIER: 3, Kind.ROUTER: 4, Kind.FEED: 4, Kind.CIRCUIT: 4, Kind.DATACENTER: 2,
    }  # fmt: skip
    assert list(check_communes(t)) == []


def test_points_of_presence_carry_nothing_through() -> None:
    t = SANDBOX.model_copy(update={"circuits": ()})
    assert not survivors(t).joined("lac", "pessac")
