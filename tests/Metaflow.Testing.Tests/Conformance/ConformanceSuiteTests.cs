using Metaflow.Testing.Conformance;

namespace Metaflow.Testing.Tests.Conformance;

public sealed class ConformanceSuiteTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_cases_of_a_suite_are_its_public_virtual_methods_by_name()
        => Assert.Equal(["A_first_case", "A_second_case"], ConformanceSuite.CasesOf<SampleSuite>());

    [Theory]
    [InlineData(15, typeof(BlobStoreConformance))]
    [InlineData(12, typeof(MetadataProviderConformance))]
    [InlineData(18, typeof(TaskLauncherConformance))]
    public void A_suite_of_the_package_has_a_case_for_each_promise(int count, Type suite)
        => Assert.Equal(
            count,
            suite == typeof(BlobStoreConformance) ? ConformanceSuite.CasesOf<BlobStoreConformance>().Count
                : suite == typeof(MetadataProviderConformance) ? ConformanceSuite.CasesOf<MetadataProviderConformance>().Count
                : ConformanceSuite.CasesOf<TaskLauncherConformance>().Count);

    [Fact]
    public async Task A_case_runs_with_the_token_that_was_given()
    {
        var suite = new SampleSuite();
        using var source = new CancellationTokenSource();

        await suite.RunAsync("A_first_case", source.Token);

        Assert.Equal(source.Token, suite.Given);
    }

    [Fact]
    public async Task A_case_that_is_overridden_runs_as_its_override_says()
    {
        var suite = new LenientSuite();

        await suite.RunAsync("A_second_case", Token);

        Assert.True(suite.Ran);
    }

    [Fact]
    public async Task What_a_case_throws_comes_out_as_it_is()
        => Assert.Equal(
            "The second case failed.",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => new SampleSuite().RunAsync("A_second_case", Token))).Message);

    [Fact]
    public async Task A_case_that_does_not_exist_is_an_error_that_lists_those_that_do()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => new SampleSuite().RunAsync("A_third_case", Token));

        Assert.Contains("'A_third_case'", error.Message, StringComparison.Ordinal);
        Assert.Contains("A_first_case, A_second_case", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_promise_says_what_was_expected_and_found()
        => Assert.Equal(
            "A promise of the contract was broken: Water is wet.\n  expected: 'wet'\n  found:    'dry'",
            new ConformanceException("Water is wet.", "'wet'", "'dry'").Message);

    private class SampleSuite : ConformanceSuite
    {
        public CancellationToken Given { get; private set; }

        public virtual Task A_first_case(CancellationToken cancellationToken)
        {
            Given = cancellationToken;
            return Task.CompletedTask;
        }

        public virtual Task A_second_case(CancellationToken cancellationToken)
            => throw new InvalidOperationException("The second case failed.");

        public Task No_case_since_it_is_not_virtual(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class LenientSuite : SampleSuite
    {
        public bool Ran { get; private set; }

        public override Task A_second_case(CancellationToken cancellationToken)
        {
            Ran = true;
            return Task.CompletedTask;
        }
    }
}
