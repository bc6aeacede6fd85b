using Metaflow.Metadata;
using Metaflow.Testing.Conformance;

namespace Metaflow.Testing.Tests.Conformance;

public sealed class MetadataProviderConformanceTests
{
    public static TheoryData<string> Cases => new(ConformanceSuite.CasesOf<MetadataProviderConformance>());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        ProviderFault.ReturnsAnotherUser, nameof(MetadataProviderConformance.A_run_is_found_as_it_was_registered), "UserName = ada",
        "UserName = other")]
    [InlineData(ProviderFault.GivesOneId, nameof(MetadataProviderConformance.New_runs_at_once_never_share_an_id), "40", "1")]
    [InlineData(ProviderFault.ListsOldestFirst, nameof(MetadataProviderConformance.Runs_are_listed_newest_first), "(5 items)", "(5 items)")]
    [InlineData(ProviderFault.ListsTasksTwice, nameof(MetadataProviderConformance.Registering_again_is_harmless), "(1 items)", "(2 items)")]
    [InlineData(
        ProviderFault.ListsTasksTwice, nameof(MetadataProviderConformance.Steps_and_tasks_are_listed_newest_first), "(2 items)",
        "(4 items)")]
    [InlineData(
        ProviderFault.LosesData, nameof(MetadataProviderConformance.Data_of_one_field_at_one_moment_are_all_kept), "(60 items)",
        "(41 items)")]
    [InlineData(
        ProviderFault.FlattensLists, nameof(MetadataProviderConformance.A_datum_keeps_its_type_its_tags_and_a_list_as_value),
        "a list of texts", "nothing")]
    [InlineData(
        ProviderFault.CountsAttemptsThatAreNotDone,
        nameof(MetadataProviderConformance.Artifacts_are_those_of_the_latest_attempt_that_is_done), "(2 items)", "(1 items)")]
    [InlineData(ProviderFault.LosesTags, nameof(MetadataProviderConformance.Changing_tags_keeps_who_and_when), "['t1', 'new']", "'t2'")]
    [InlineData(
        ProviderFault.LosesTags, nameof(MetadataProviderConformance.Changes_of_tags_at_once_are_all_kept), "(40 items)", "(1 items)")]
    [InlineData(ProviderFault.TakesAnyTag, nameof(MetadataProviderConformance.Tags_that_break_a_rule_are_refused), "MF5006", "no error")]
    [InlineData(
        ProviderFault.TakesAnyName, nameof(MetadataProviderConformance.A_name_that_leads_elsewhere_is_refused), "MF5003", "no error")]
    public async Task A_provider_that_breaks_a_promise_fails_its_case(ProviderFault fault, string name, string expected, string found)
    {
        var provider = new FaultyMetadataProvider(fault);

        var error = await Assert.ThrowsAsync<ConformanceException>(() => new Suite(provider).RunAsync(name, Token));

        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.NotEqual(error.Expected, error.Found);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_provider_that_knows_other_flows_conforms(string name)
    {
        var provider = new MemoryMetadataProvider(new ManualTimeProvider());
        await provider.RegisterRunAsync(new RunRecord("F", "17", "ada", [], [], default), Token);

        await new Suite(provider).RunAsync(name, Token);
        await new Suite(provider).RunAsync(name, Token);
    }

    private sealed class Suite(IMetadataProvider provider) : MetadataProviderConformance
    {
        protected override IMetadataProvider Create() => provider;
    }
}
