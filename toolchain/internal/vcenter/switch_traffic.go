package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/vim25/types"
)

// trafficKinds are the kinds of host traffic that network I/O control shares a switch's bandwidth between.
var trafficKinds = []string{
	"management", "faultTolerance", "vmotion", "virtualMachine", "iSCSI", "nfs", "hbr", "vsan", "vdp", "backupNfc", "nvmetcp",
}

// The number of shares that the levels of traffic stand for.
var trafficShares = map[types.SharesLevel]int32{
	types.SharesLevelLow: 25, types.SharesLevelNormal: 50, types.SharesLevelHigh: 100,
}

func defaultTraffic() []types.DvsHostInfrastructureTrafficResource {
	var list []types.DvsHostInfrastructureTrafficResource
	for _, kind := range trafficKinds {
		level := types.SharesLevelNormal
		if kind == "virtualMachine" {
			level = types.SharesLevelHigh
		}
		list = append(list, types.DvsHostInfrastructureTrafficResource{
			Key: kind,
			AllocationInfo: types.DvsHostInfrastructureTrafficResourceAllocation{
				Limit: types.NewInt64(-1), Shares: &types.SharesInfo{Level: level, Shares: trafficShares[level]},
				Reservation: types.NewInt64(0),
			},
		})
	}
	return list
}

// mergeTraffic changes the kinds of traffic a specification mentions.
func mergeTraffic(current, changes []types.DvsHostInfrastructureTrafficResource) []types.DvsHostInfrastructureTrafficResource {
	list := slices.Clone(current)
	for _, change := range changes {
		at := slices.IndexFunc(list, func(t types.DvsHostInfrastructureTrafficResource) bool { return t.Key == change.Key })
		if at < 0 {
			list = append(list, change)
			continue
		}
		merge(&list[at], &change)
		if shares := list[at].AllocationInfo.Shares; shares != nil && shares.Level != types.SharesLevelCustom {
			list[at].AllocationInfo.Shares = &types.SharesInfo{Level: shares.Level, Shares: trafficShares[shares.Level]}
		}
	}
	return list
}
