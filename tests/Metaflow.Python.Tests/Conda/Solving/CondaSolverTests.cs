using Metaflow.Errors;
using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Solving;
using Metaflow.Python.Conda.Versions;
using Metaflow.Python.Tests.Conda.Channels;

namespace Metaflow.Python.Tests.Conda.Solving;

public sealed class CondaSolverTests : IDisposable
{
    private readonly SolverBench _bench = new();

    [Fact]
    public async Task The_highest_versions_that_fit_together_are_found()
    {
        var channel = _bench.Channel();
        channel.Add("liba-1.0-0");
        channel.Add("liba-1.1-0");
        channel.Add("liba-2.0-0");
        channel.Add("libb-1.0-0", ["liba <2"]);
        channel.Add("libb-2.0-0", ["liba >=2"]);
        channel.Write();

        Assert.Equal(["liba-2.0-0", "libb-2.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "libb")));
        Assert.Equal(["liba-1.1-0", "libb-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "libb", "liba <2")));
        Assert.Equal(["liba-1.1-0", "libb-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "libb <2")));
    }

    [Fact]
    public async Task Records_come_in_the_order_of_linking_with_Python_first_and_with_their_JSON()
    {
        var channel = _bench.Channel();
        channel.Add("python-3.11.2-0", ["pip", "zlib"]);
        channel.Add("noarch", "pip-23.0-0", ["python >=3.7", "setuptools"]);
        channel.Add("noarch", "setuptools-60.0-0", ["python"]);
        channel.Add("zlib-1.2-0");
        channel.Add("noarch", "app-1.0-0", ["pip", "python"]);
        channel.Write();
        var records = await _bench.SolveAsync(channel, "app");

        Assert.Equal(["zlib", "python", "setuptools", "pip", "app"], records.Select(static record => record.Name));
        Assert.All(records, static record => Assert.Contains(
            $"\"name\":\"{record.Name}\"", System.Text.Encoding.UTF8.GetString(record.Json.Span), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Strict", "c0:1.0")]
    [InlineData("Flexible", "c0:1.0")]
    [InlineData("Disabled", "c1:2.0")]
    public async Task The_order_of_channels_counts_as_the_priority_says(string priority, string expected)
        => Assert.Equal(expected, await FromTwoChannelsAsync(Enum.Parse<ChannelPriority>(priority), "a"));

    [Theory]
    [InlineData("Strict", "MF7056")]
    [InlineData("Flexible", "c1:2.0")]
    public async Task A_later_channel_serves_where_the_first_has_nothing_that_fits_unless_priority_is_strict(
        string priority, string expected)
        => Assert.Equal(expected, await FromTwoChannelsAsync(Enum.Parse<ChannelPriority>(priority), "a >=2"));

    [Fact]
    public async Task A_match_spec_may_name_a_later_channel()
        => Assert.Equal("c1:2.0", await FromTwoChannelsAsync(ChannelPriority.Strict, "c1::a"));

    // The oracle drops what the request does not match before it looks at channels, and takes c1. Conda looks at names alone, so that a
    // package never comes from two channels at two times.
    [Fact]
    public async Task A_channel_that_has_the_name_counts_even_if_nothing_of_it_fits()
    {
        var error = await Assert.ThrowsAsync<EnvironmentException>(
            () => FromTwoChannelsAsync(ChannelPriority.Strict, "a ==2.0", catches: false));

        Assert.Contains("strict channel priority", error.Message, StringComparison.Ordinal);
    }

    // The oracle is given virtual packages as installed ones, which need not be there. On a real machine they always are.
    [Fact]
    public async Task What_a_package_says_of_the_machine_counts_even_if_nothing_needs_it()
    {
        var channel = _bench.Channel();
        channel.Add("a-2.0-0", [], ["__glibc >=2.99"]);
        channel.Add("a-1.0-0", [], ["__glibc >=2.17", "__cuda >=11"]);
        channel.Write();

        Assert.Equal(["a-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "a")));
    }

    // The oracle compares the highest versions of dependencies over all channels, also over those that strict priority excludes.
    [Fact]
    public async Task Versions_of_excluded_channels_do_not_decide_between_builds()
    {
        var first = _bench.Channel();
        first.Add("lib-1.3-0");
        first.Add("a-1.0-x_0", ["lib >=1.3"], change: record => record["timestamp"] = 1_700_000_000_000);
        first.Add("a-1.0-y_0", ["lib 1.*"], change: record => record["timestamp"] = 1_700_000_000_001);
        var second = _bench.Channel("c1");
        second.Add("lib-3.0-0");
        first.Write();
        second.Write();

        Assert.Contains("a-1.0-y_0", SolverBench.Stems(await _bench.SolveAsync(_bench.Request([first, second], "a"))));
    }

    [Fact]
    public async Task Fewer_features_then_the_version_the_number_of_the_build_and_the_time_decide()
    {
        var channel = _bench.Channel();
        channel.Add("a-3.0-0", change: record => record["track_features"] = "slow");
        channel.Add("a-2.0-x_1", change: record => record["timestamp"] = 1_700_000_000_000);
        channel.Add("a-2.0-y_1", change: record => record["timestamp"] = 1_800_000_000_000);
        channel.Add("a-2.0-z_0", change: record => record["timestamp"] = 1_900_000_000_000);
        channel.Write();

        Assert.Equal(["a-2.0-y_1"], SolverBench.Stems(await _bench.SolveAsync(channel, "a")));
        Assert.Equal(["a-2.0-z_0"], SolverBench.Stems(await _bench.SolveAsync(channel, "a[build_number=0]", "a <3")));
        Assert.Equal(["a-3.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "a[track_features=slow]")));
    }

    [Fact]
    public async Task Of_builds_that_are_as_good_the_one_with_higher_dependencies_is_taken()
    {
        var channel = _bench.Channel();
        channel.Add("python-3.11.9-0");
        channel.Add("python-3.12.1-0");
        channel.Add("numpy-1.26-py311_0", ["python 3.11.*"], change: record => record["timestamp"] = 1_900_000_000_000);
        channel.Add("numpy-1.26-py312_0", ["python 3.12.*"], change: record => record["timestamp"] = 1_700_000_000_000);
        channel.Write();

        Assert.Equal(["python-3.12.1-0", "numpy-1.26-py312_0"], SolverBench.Stems(await _bench.SolveAsync(channel, "numpy")));
        Assert.Equal(
            ["python-3.11.9-0", "numpy-1.26-py311_0"], SolverBench.Stems(await _bench.SolveAsync(channel, "numpy", "python=3.11")));
    }

    [Fact]
    public async Task What_stands_first_in_the_request_gets_its_best()
    {
        var channel = _bench.Channel();
        channel.Add("a-2.0-0", ["lib <2"]);
        channel.Add("a-1.0-0");
        channel.Add("b-2.0-0", ["lib >=2"]);
        channel.Add("b-1.0-0");
        channel.Add("lib-1.0-0");
        channel.Add("lib-2.0-0");
        channel.Write();

        Assert.Equal(["lib-1.0-0", "a-2.0-0", "b-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "a", "b")));
        Assert.Equal(["a-1.0-0", "lib-2.0-0", "b-2.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "b", "a")));
    }

    [Fact]
    public async Task Constraints_hold_only_for_what_is_there()
    {
        var channel = _bench.Channel();
        channel.Add("a-1.0-0", [], ["b <2"]);
        channel.Add("b-1.0-0");
        channel.Add("b-2.0-0");
        channel.Write();

        Assert.Equal(["a-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "a")));
        Assert.Equal(["a-1.0-0", "b-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "a", "b")));
        Assert.Equal(["a-1.0-0", "b-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "b", "a")));
    }

    [Fact]
    public async Task Locked_records_are_kept_and_preferred_ones_where_they_fit()
    {
        var channel = _bench.Channel();
        channel.Add("lib-1.0-0");
        channel.Add("lib-2.0-0");
        channel.Add("lib-3.0-0");
        channel.Add("a-1.0-0", ["lib"]);
        channel.Write();
        var old = (await _bench.SolveAsync(channel, "lib 1.0"))[0];
        var request = _bench.Request([channel], "a");

        Assert.Equal(["lib-1.0-0", "a-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(request with { Locked = [old] })));
        Assert.Equal(["lib-1.0-0", "a-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(request with { Preferred = [old] })));
        request = _bench.Request([channel], "a", "lib >=2");
        Assert.Equal(["lib-3.0-0", "a-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(request with { Preferred = [old] })));
        await Assert.ThrowsAsync<EnvironmentException>(() => _bench.SolveAsync(request with { Locked = [old] }));
    }

    [Fact]
    public async Task A_file_may_be_asked_for_by_its_address()
    {
        var other = _bench.Channel("other");
        other.Add("a-1.0-0", ["b"]);
        other.Add("a-2.0-0");
        other.Add("b-9.0-0");
        other.Write();
        var channel = _bench.Channel();
        channel.Add("b-1.0-0");
        channel.Write();
        var url = new Uri(Path.Combine(other.Path, "linux-64", "a-1.0-0.conda")).AbsoluteUri;

        Assert.Equal(["b-1.0-0", "a-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, url)));
    }

    [Fact]
    public async Task A_build_that_asks_for_something_unreadable_is_passed_over()
    {
        var channel = _bench.Channel();
        channel.Add("a-2.0-0", ["b[when='python >=3']"]);
        channel.Add("a-1.0-0");
        channel.Write();

        Assert.Equal(["a-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "a")));
    }

    [Fact]
    public async Task Packages_that_need_each_other_are_found()
    {
        var channel = _bench.Channel();
        channel.Add("a-2.0-0", ["b 2.*"]);
        channel.Add("b-2.0-0", ["a 1.*"]);
        channel.Add("a-1.0-0", ["b"]);
        channel.Add("b-1.0-0", ["a"]);
        channel.Write();

        Assert.Equal(["b-2.0-0", "a-1.0-0"], SolverBench.Stems(await _bench.SolveAsync(channel, "a")).OrderDescending());
    }

    [Fact]
    public async Task A_channel_without_packages_for_the_platform_is_refused_with_a_code()
    {
        Directory.CreateDirectory(Path.Combine(_bench.Folder, "none"));
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _bench.SolveAsync(_bench.Channel("none"), "a"));

        Assert.Equal("MF7053", error.Code);
    }

    [Fact]
    public async Task A_search_can_be_cancelled()
    {
        var channel = _bench.Channel();
        channel.Add("a-1.0-0");
        channel.Write();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new CondaSolver(
            new RepodataOptions { CacheFolder = _bench.CacheFolder, Client = _bench.Client }, _bench.Options)
            .SolveAsync(_bench.Request([channel], "a"), cancellation.Token));
    }

    // Each of the names has versions that exclude those of the next one: a search that does not learn tries all combinations.
    [Fact]
    public async Task A_request_with_very_many_wrong_combinations_ends_soon()
    {
        var channel = _bench.Channel();
        const int names = 40;
        for (var name = 0; name < names; name++)
        {
            for (var version = 0; version < 12; version++)
            {
                channel.Add($"p{name}-{version}.0-0", [$"p{(name + 1) % names} >={version}", $"lib {version}.*"]);
            }
        }

        for (var version = 0; version < 12; version++)
        {
            channel.Add($"lib-{version}.0-0", version > 0 ? ["nothing"] : []);
        }

        channel.Write();
        var records = await _bench.SolveAsync(channel, [.. Enumerable.Range(0, names).Select(static name => $"p{name}")]);

        Assert.All(records, static record => Assert.Equal("0.0", record.Version.Text));
    }

    public void Dispose() => _bench.Dispose();

    private async Task<string> FromTwoChannelsAsync(ChannelPriority priority, string spec, bool catches = true)
    {
        var first = _bench.Channel();
        first.Add("noarch", "a-1.0-0");
        var second = _bench.Channel("c1");
        second.Add("a-2.0-0");
        first.Write();
        second.Write();
        try
        {
            var record = Assert.Single(await _bench.SolveAsync(_bench.Request([first, second], spec) with { Priority = priority }));
            return $"{record.ChannelUrl[^2..]}:{record.Version.Text}";
        }
        catch (EnvironmentException error) when (catches)
        {
            return error.Code;
        }
    }
}
