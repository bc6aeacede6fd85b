using Metaflow.Errors;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.ObjectStorage.Tests;

/// <summary>Addresses of stores in buckets.</summary>
public sealed class BucketLocationTests
{
    private const string Setting = "METAFLOW_DATASTORE_SYSROOT_GS";

    [Theory]
    [InlineData("gs://our-runs", "our-runs", "")]
    [InlineData("gs://our-runs/", "our-runs", "")]
    [InlineData("gs://our.runs/metaflow/prod/", "our.runs", "metaflow/prod")]
    public void An_address_names_a_bucket_and_what_keys_begin_with(string address, string bucket, string prefix)
        => Assert.Equal(new BucketLocation(bucket, prefix), BucketLocation.Parse(address, "gs", Setting));

    [Theory]
    [InlineData("gs:/our-runs")]
    [InlineData("s3://our-runs")]
    [InlineData("gs://")]
    [InlineData("gs://ab/runs")]
    [InlineData("gs://AKIA:secret@our-runs/x")]
    [InlineData("gs://our runs/x")]
    [InlineData("gs://our-runs/a//b")]
    [InlineData("gs://our-runs//b")]
    [InlineData("gs://our-runs/../b")]
    public void Another_address_is_refused(string address)
    {
        var error = Assert.Throws<ConfigurationException>(() => BucketLocation.Parse(address, "gs", Setting));
        Assert.Equal(ErrorCodes.StoreAddressInvalid, error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Contains("gs://bucket", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gs:/our-runs", "gs://our-runs")]
    [InlineData("GS://our-runs/x", "gs://our-runs/x")]
    [InlineData("our-runs/x", "gs://our-runs/x")]
    [InlineData("/our-runs", "gs://our-runs")]
    public void A_refusal_says_which_address_was_probably_meant(string address, string meant)
    {
        var error = Assert.Throws<ConfigurationException>(() => BucketLocation.Parse(address, "gs", Setting));
        Assert.Contains($"Did you mean '{meant}'?", error.Fix, StringComparison.Ordinal);
    }
}
