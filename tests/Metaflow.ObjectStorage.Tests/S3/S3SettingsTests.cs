using Metaflow.Aws.Credentials;
using Metaflow.Aws.S3;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Tests.S3;

/// <summary>The settings of buckets.</summary>
public sealed class S3SettingsTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("1", true)]
    [InlineData("False", false)]
    [InlineData("0", false)]
    public void A_server_without_conditions_is_told_by_a_flag(string? value, bool expected)
        => Assert.Equal(expected, Of("METAFLOW_S3_CONDITIONAL_WRITES", value).HasConditions);

    [Theory]
    [InlineData("METAFLOW_S3_CONDITIONAL_WRITES", "off")]
    [InlineData("METAFLOW_S3_ENDPOINT_URL", "storage:9000")]
    [InlineData("METAFLOW_S3_ENDPOINT_URL", "https://user:secret@storage:9000")]
    [InlineData("METAFLOW_S3_WORKER_COUNT", "many")]
    [InlineData("METAFLOW_S3_SERVER_SIDE_ENCRYPTION", "aws:kms\r\nx-amz-acl: public-read")]
    public void Other_values_are_refused(string name, string value)
    {
        var error = Assert.Throws<ConfigurationException>(() => Of(name, value));
        Assert.Equal(ErrorCodes.InvalidSetting, error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_differs_is_told_and_not_a_missing_permission()
    {
        var problem = new ServiceProblem(403, "RequestTimeTooSkewed", "The difference is too large.", ProblemKind.Refused);
        var error = S3Errors.Refused("It cannot be read.", "ours", problem, isWrite: false);
        Assert.Contains("Set the clock", error.Fix, StringComparison.Ordinal);
    }

    private static S3Settings Of(string name, string? value)
        => S3Settings.Of(new StoreOptions(asked => asked == name ? value : null, TimeProvider.System), new AwsProfile(static _ => null));
}
