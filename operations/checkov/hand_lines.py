"""What no rule says about names: written by hand, each line verified against the facts when the table is made."""

from __future__ import annotations

from typing import Final

TOKENS: Final[dict[str, str | None]] = {
    "aws:alb/loadBalancer:LoadBalancer": "aws_alb",
    "aws:apigateway/deployment:Deployment": "aws_api_gateway_deployment",
    "aws:apigateway/domainName:DomainName": "aws_api_gateway_domain_name",
    "aws:apigateway/method:Method": "aws_api_gateway_method",
    "aws:apigateway/methodSettings:MethodSettings": "aws_api_gateway_method_settings",
    "aws:apigateway/restApi:RestApi": "aws_api_gateway_rest_api",
    "aws:apigateway/stage:Stage": "aws_api_gateway_stage",
    "aws:apigatewayv2/route:Route": "aws_apigatewayv2_route",
    "aws:appmesh/route:Route": None,
    "aws:appsync/graphQLApi:GraphQLApi": "aws_appsync_graphql_api",
    "aws:bedrock/agentAgent:AgentAgent": "aws_bedrockagent_agent",
    "aws:cfg/configurationAggregator:ConfigurationAggregator": "aws_config_configuration_aggregator",
    "aws:cfg/recorder:Recorder": "aws_config_configuration_recorder",
    "aws:cfg/recorderStatus:RecorderStatus": "aws_config_configuration_recorder_status",
    "aws:cloudtrail/trail:Trail": "aws_cloudtrail",
    "aws:codepipeline/pipeline:Pipeline": "aws_codepipeline",
    "aws:connect/instance:Instance": None,
    "aws:docdb/elasticCluster:ElasticCluster": "aws_docdbelastic_cluster",
    "aws:ec2/instance:Instance": "aws_instance",
    "aws:ec2/route:Route": "aws_route",
    "aws:ec2/routeTable:RouteTable": "aws_route_table",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "aws_vpc_endpoint",
    "aws:ec2clientvpn/endpoint:Endpoint": "aws_ec2_client_vpn_endpoint",
    "aws:ec2clientvpn/networkAssociation:NetworkAssociation": "aws_ec2_client_vpn_network_association",
    "aws:ec2clientvpn/route:Route": None,
    "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": "aws_ec2_instance_connect_endpoint",
    "aws:ec2transitgateway/route:Route": None,
    "aws:ec2transitgateway/routeTable:RouteTable": None,
    "aws:ec2transitgateway/transitGateway:TransitGateway": "aws_ec2_transit_gateway",
    "aws:elasticbeanstalk/environment:Environment": "aws_elastic_beanstalk_environment",
    "aws:elasticsearch/vpcEndpoint:VpcEndpoint": None,
    "aws:elb/loadBalancer:LoadBalancer": "aws_elb",
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": "aws_fsx_openzfs_file_system",
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:lightsail/instance:Instance": "aws_lightsail_instance",
    "aws:lightsail/lb:Lb": None,
    "aws:opensearch/serverlessVpcEndpoint:ServerlessVpcEndpoint": "aws_opensearchserverless_vpc_endpoint",
    "aws:opensearch/vpcEndpoint:VpcEndpoint": "aws_opensearch_vpc_endpoint",
    "aws:rds/clusterSnapshot:ClusterSnapshot": "aws_db_cluster_snapshot",
    "aws:rds/instance:Instance": "aws_db_instance",
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": (
        "aws_db_instance_automated_backups_replication"
    ),
    "aws:rds/parameterGroup:ParameterGroup": "aws_db_parameter_group",
    "aws:rds/snapshot:Snapshot": "aws_db_snapshot",
    "aws:rds/snapshotCopy:SnapshotCopy": "aws_db_snapshot_copy",
    "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec": "aws_route53_hosted_zone_dnssec",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "aws_s3_bucket_replication_configuration",
    "aws:servicediscovery/instance:Instance": None,
    "aws:timestreaminfluxdb/dbInstance:DbInstance": None,
    "aws:verifiedaccess/instance:Instance": None,
    # Older names of the same types, which the SDK still has.
    "aws:s3/bucketAclV2:BucketAclV2": "aws_s3_bucket_acl",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": "aws_s3_bucket_lifecycle_configuration",
    "aws:s3/bucketLoggingV2:BucketLoggingV2": "aws_s3_bucket_logging",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": (
        "aws_s3_bucket_server_side_encryption_configuration"
    ),
    "aws:s3/bucketV2:BucketV2": "aws_s3_bucket",
    "aws:s3/bucketVersioningV2:BucketVersioningV2": "aws_s3_bucket_versioning",
}
"""Token to type where the rule finds none or several. None: a type that only looks like a checked one."""

PROPERTIES: Final[dict[str, str]] = {
    "aws_api_gateway_deployment.restApi": "rest_api_id",
    "aws_api_gateway_method.restApi": "rest_api_id",
    "aws_api_gateway_method_settings.restApi": "rest_api_id",
    "aws_api_gateway_stage.deployment": "deployment_id",
    "aws_api_gateway_stage.restApi": "rest_api_id",
    "aws_cloudwatch_metric_alarm.name": "alarm_name",
    "aws_elastic_beanstalk_environment.version": "version_label",
    "aws_lambda_function.name": "function_name",
    "aws_lambda_permission.function": "function_name",
}
"""`<type>.<path>` of a property to its field."""

WITHOUT_TOKEN: Final[dict[str, str]] = {
    "aws_db_security_group": "EC2-Classic is gone, and the type with it",
    "aws_ec2_spot_fleet_request": "no provider has a type of this name: aws_spot_fleet_request is the one",
    "aws_elasticache_security_group": "EC2-Classic is gone, and the type with it",
    "aws_redshift_security_group": "EC2-Classic is gone, and the type with it",
}
"""Types Checkov checks that no Pulumi resource is."""
