package vcenter

import (
	"cmp"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// hosts are all joined hosts, by name.
func (v *VCenter) hosts(ctx *simulator.Context) []*simulator.HostSystem {
	var list []*simulator.HostSystem
	for _, entity := range ctx.Map.All("HostSystem") {
		list = append(list, entity.(*simulator.HostSystem))
	}
	byName(list)
	return list
}

func byName(hosts []*simulator.HostSystem) {
	slices.SortFunc(hosts, func(a, b *simulator.HostSystem) int { return cmp.Compare(a.Name, b.Name) })
}

// need is what a virtual machine asks of its host.
type need struct {
	vm       ref // zero for one that does not exist yet
	stores   []ref
	switches []string // UUIDs of the distributed switches its network cards are on
}

// fits tells whether a host can run a virtual machine, rules apart.
func fits(ctx *simulator.Context, host *simulator.HostSystem, n need) bool {
	if !usable(host) {
		return false
	}
	for _, store := range n.stores {
		if !mounts(host, store) {
			return false
		}
	}
	for _, id := range n.switches {
		dvs := switchByUUID(ctx, id)
		if dvs == nil || !slices.Contains(dvs.Summary.HostMember, host.Self) {
			return false
		}
	}
	return true
}

// place chooses a host among candidates: one that breaks no rule, then the one with the smallest share of its memory
// given to virtual machines, then the fewest of them, then the first by name. Where every host breaks a rule, it tries
// again less strictly, down to the strictness given. Nil when none fits.
func (v *VCenter) place(ctx *simulator.Context, candidates []ref, n need, least strictness) *simulator.HostSystem {
	hosts := slices.DeleteFunc(all[*simulator.HostSystem](ctx, candidates), func(h *simulator.HostSystem) bool {
		return !fits(ctx, h, n)
	})
	byName(hosts)
	slices.SortStableFunc(hosts, func(a, b *simulator.HostSystem) int {
		usedA, countA := load(ctx, a, n.vm)
		usedB, countB := load(ctx, b, n.vm)
		return cmp.Or(cmp.Compare(usedA, usedB), cmp.Compare(countA, countB))
	})
	for s := allRules; s <= least; s++ {
		for _, host := range hosts {
			if v.brokenOn(ctx, n.vm, host, s) == nil {
				return host
			}
		}
	}
	return nil
}

// brokenOn is a rule of the host's cluster that a virtual machine would break there, or nil.
func (v *VCenter) brokenOn(ctx *simulator.Context, vm ref, host *simulator.HostSystem, s strictness) types.BaseClusterRuleInfo {
	cluster, ok := clusterOf(ctx, host.Self)
	if !ok {
		return nil
	}
	return broken(cluster.ConfigurationEx.(*types.ClusterConfigInfoEx), vm, host.Self, seated(ctx), s)
}

// load is the share of a host's memory given to its virtual machines, and how many they are, but the one to be placed.
func load(ctx *simulator.Context, host *simulator.HostSystem, but ref) (share float64, count int) {
	var used int64
	for _, vm := range all[*simulator.VirtualMachine](ctx, host.Vm) {
		if vm.Self != but && !vm.Config.Template {
			used += int64(vm.Config.Hardware.MemoryMB) << 20
			count++
		}
	}
	return float64(used) / float64(max(host.Summary.Hardware.MemorySize, 1)), count
}

// needOf is what an existing virtual machine asks of its host.
func needOf(vm *simulator.VirtualMachine) need {
	return need{vm: vm.Self, stores: vm.Datastore, switches: switchesOf(vm.Config.Hardware.Device)}
}

// drs tells whether a cluster places and moves virtual machines by itself.
func drs(cluster *simulator.ClusterComputeResource) bool {
	config := cluster.ConfigurationEx.(*types.ClusterConfigInfoEx).DrsConfig
	return yes(config.Enabled) && config.DefaultVmBehavior == types.DrsBehaviorFullyAutomated
}

// balance moves virtual machines that break a rule, as fully automated DRS does, until none can be helped any more.
func (v *VCenter) balance(ctx *simulator.Context, cluster *simulator.ClusterComputeResource) {
	if !drs(cluster) {
		return
	}
	for range len(cluster.Host) + 1 {
		moved := false
		for _, vm := range v.machines(ctx, cluster.Host) {
			host, ok := get[*simulator.HostSystem](ctx, *vm.Runtime.Host)
			if !ok || vm.Config.Template || v.brokenOn(ctx, vm.Self, host, allRules) == nil {
				continue
			}
			if better := v.place(ctx, cluster.Host, needOf(vm), allRules); better != nil {
				v.seat(ctx, vm, better)
				moved = true
			}
		}
		if !moved {
			return
		}
	}
}

// machines are the virtual machines on some hosts, by name.
func (v *VCenter) machines(ctx *simulator.Context, hosts []ref) []*simulator.VirtualMachine {
	var list []*simulator.VirtualMachine
	for _, host := range all[*simulator.HostSystem](ctx, hosts) {
		list = append(list, all[*simulator.VirtualMachine](ctx, host.Vm)...)
	}
	slices.SortFunc(list, func(a, b *simulator.VirtualMachine) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Self.Value, b.Self.Value))
	})
	return list
}

// seat moves a virtual machine to a host.
func (v *VCenter) seat(ctx *simulator.Context, vm *simulator.VirtualMachine, host *simulator.HostSystem) {
	if vm.Runtime.Host != nil {
		if before, ok := get[*simulator.HostSystem](ctx, *vm.Runtime.Host); ok {
			drop(&before.Vm, vm.Self)
			ctx.Update(before, []types.PropertyChange{{Name: "vm", Val: before.Vm}})
		}
	}
	add(&host.Vm, vm.Self)
	ctx.Update(host, []types.PropertyChange{{Name: "vm", Val: host.Vm}})
	where := host.Self
	ctx.Update(vm, []types.PropertyChange{
		{Name: "runtime.host", Val: &where},
		{Name: "summary.runtime.host", Val: &where},
	})
}
