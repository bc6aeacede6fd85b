using Metaflow.Errors;
using Metaflow.Python.Tests.Conda.Channels;

namespace Metaflow.Python.Tests.Conda.Solving;

public sealed class ExplanationTests(ITestOutputHelper output) : IDisposable
{
    private readonly SolverBench _bench = new();

    [Fact]
    public async Task Two_requirements_that_contradict_each_other_are_named_with_the_way_to_them()
    {
        var channel = _bench.Channel();
        channel.Add("liba-1.0-0");
        channel.Add("liba-2.0-0");
        channel.Add("libb-2.0-0", ["liba >=2"]);
        channel.Add("libb-2.1-0", ["liba >=2"]);
        channel.Add("other-1.0-0");
        channel.Write();

        Assert.Equal(
            """
            No packages of conda for linux-64 satisfy the request. These cannot be together:
            ├─ libb=2, of which there are:
            │  └─ libb 2.0 | 2.1, which needs
            │     └─ liba >=2, which allows liba 2.0
            └─ liba[version='<2'], which contradicts 'liba >=2', which libb 2.0 | 2.1 needs

            """,
            await TextAsync(channel, "libb 2.*", "other", "liba <2"), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task A_name_that_is_nearly_right_is_suggested()
    {
        var channel = _bench.Channel();
        channel.Add("numpy-1.26-0");
        channel.Add("scipy-1.0-0", ["nmpy >=1"]);
        channel.Write();

        Assert.Contains(
            "└─ nmpy, and no package is named 'nmpy'; did you mean 'numpy'?", await TextAsync(channel, "nmpy"), StringComparison.Ordinal);
        Assert.Contains("did you mean 'numpy'?", await TextAsync(channel, "scipy"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a >=3", "of which there is only 1.0, 2.0")]
    [InlineData("a 1.0 py_9", "of which these builds are there: 1.0 0")]
    [InlineData("b", "__cuda, which this platform does not have (to assume it, set CONDA_OVERRIDE_CUDA)")]
    [InlineData("c", "__glibc >=2.99, while this platform has __glibc=2.36=0 (to assume another, set CONDA_OVERRIDE_GLIBC)")]
    public async Task What_is_missing_is_told_with_what_there_is(string spec, string reason)
    {
        var channel = _bench.Channel();
        channel.Add("a-1.0-0");
        channel.Add("a-2.0-0");
        channel.Add("b-1.0-0", ["__cuda"]);
        channel.Add("c-1.0-0", ["__glibc >=2.99"]);
        channel.Write();

        Assert.Contains(reason, await TextAsync(channel, spec), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Constraints_and_unreadable_needs_are_told()
    {
        var channel = _bench.Channel();
        channel.Add("a-1.0-0", [], ["b <2"]);
        channel.Add("b-2.0-0");
        channel.Add("c-1.0-0", ["b ==="]);
        channel.Write();

        Assert.Contains("b <2 where it is there, which excludes b 2.0 0", await TextAsync(channel, "a", "b"), StringComparison.Ordinal);
        Assert.Contains("c 1.0, which cannot be used: it asks for 'b ==='", await TextAsync(channel, "c"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_fits_one_screen()
    {
        var channel = _bench.Channel();
        for (var version = 0; version < 60; version++)
        {
            channel.Add($"top-{version}.0-0", [$"mid{version} >=1", "python 3.9.*"]);
            channel.Add($"mid{version}-1.0-0", [$"deep{version}"]);
            channel.Add($"deep{version}-1.0-0", ["python <3"]);
        }

        channel.Add("python-3.9-0");
        channel.Add("python-2.7-0");
        channel.Write();
        var text = await TextAsync(channel, "top", "python");

        Assert.InRange(text.Split('\n').Length, 4, 40);
    }

    public void Dispose() => _bench.Dispose();

    private async Task<string> TextAsync(ChannelFolder channel, params string[] specs)
    {
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _bench.SolveAsync(channel, specs));
        Assert.Equal("MF7056", error.Code);
        output.WriteLine(error.Message);
        return $"{error.What} {error.Why}";
    }
}
