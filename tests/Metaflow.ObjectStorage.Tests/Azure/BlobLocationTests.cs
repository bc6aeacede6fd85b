using Metaflow.Azure.Blobs;
using Metaflow.Errors;

namespace Metaflow.ObjectStorage.Tests.Azure;

/// <summary>Addresses of stores in containers.</summary>
public sealed class BlobLocationTests
{
    [Theory]
    [InlineData("our-runs", "our-runs", "", "our-runs")]
    [InlineData("our-runs/", "our-runs", "", "our-runs")]
    [InlineData("our-runs/metaflow/prod", "our-runs", "metaflow/prod", "our-runs/metaflow/prod")]
    [InlineData("azure://our-runs/metaflow/", "our-runs", "metaflow", "our-runs/metaflow")]
    public void An_address_names_a_container_and_what_names_begin_with(string address, string container, string prefix, string root)
    {
        var location = BlobLocation.Parse(address);
        Assert.Equal((container, prefix, root), (location.Container, location.Prefix, location.Root));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab/runs")]
    [InlineData("OurRuns/x")]
    [InlineData("our--runs/x")]
    [InlineData("-our-runs")]
    [InlineData("/our-runs")]
    [InlineData("https://ours.blob.core.windows.net/our-runs")]
    [InlineData("our-runs/a//b")]
    [InlineData("our-runs//b")]
    [InlineData("our-runs/../b")]
    public void Another_address_is_refused(string address)
        => Assert.Equal(
            ErrorCodes.StoreAddressInvalid, Assert.Throws<ConfigurationException>(() => BlobLocation.Parse(address)).Code);
}
