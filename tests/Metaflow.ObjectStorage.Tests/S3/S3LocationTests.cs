using Metaflow.Aws.S3;
using Metaflow.Errors;

namespace Metaflow.ObjectStorage.Tests.S3;

/// <summary>Addresses of stores in buckets.</summary>
public sealed class S3LocationTests
{
    [Theory]
    [InlineData("s3://our-runs", "our-runs", "", "F/1")]
    [InlineData("s3://our-runs/", "our-runs", "", "F/1")]
    [InlineData("s3://our.runs/metaflow/prod/", "our.runs", "metaflow/prod", "metaflow/prod/F/1")]
    public void An_address_names_a_bucket_and_what_keys_begin_with(string address, string bucket, string prefix, string key)
    {
        var location = S3Location.Parse(address);
        Assert.Equal((bucket, prefix, key), (location.Bucket, location.Prefix, location.KeyOf("F/1")));
    }

    [Theory]
    [InlineData("s3:/our-runs")]
    [InlineData("s3://")]
    [InlineData("s3://ab/runs")]
    [InlineData("s3://our runs/x")]
    [InlineData("s3://our-runs/a//b")]
    [InlineData("s3://our-runs//b")]
    [InlineData("s3://our-runs/../b")]
    public void Another_address_is_refused(string address)
        => Assert.Equal(
            ErrorCodes.StoreAddressInvalid, Assert.Throws<ConfigurationException>(() => S3Location.Parse(address)).Code);
}
