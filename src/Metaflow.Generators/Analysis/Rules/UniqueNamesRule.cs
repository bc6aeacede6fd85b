using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Every name on disk means one member. Names of parameters differ in more than case, as the command line needs.</summary>
internal sealed class UniqueNamesRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow)
    {
        var seen = new Dictionary<string, List<Named>>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in flow.Chain
            .SelectMany(type => MembersOf(type, isOwn: SymbolEqualityComparer.Default.Equals(type, flow.Symbol))))
        {
            if (!seen.TryGetValue(member.Name, out var others))
            {
                seen[member.Name] = others = [];
            }

            if (member.IsOwn && others.FirstOrDefault(other => Collide(member, other)) is { } first)
            {
                yield return Descriptors.Report(
                    RuleCodes.DuplicateName, GeneratedFiles.PlaceOf(member.Symbol),
                    $"'{member.Symbol.Name}' is '{member.Name}' on disk, as is '{first.Symbol.Name}'.",
                    "A name on disk can stand for only one step, artifact, parameter or constant.",
                    $"Rename one of them, or give it another name: [{AttributeOf(member)}(Name = \"…\")].");
            }

            others.Add(member);
        }
    }

    // A step that hides one of the base replaces it, as one that overrides it does. Two properties would both be kept.
    private static bool Collide(Named one, Named other)
        => (one.Name == other.Name || one.IsParameter || other.IsParameter) && one.Symbol.Name != other.Symbol.Name
            || (one.Symbol.Name == other.Symbol.Name && one.Name == other.Name
                && ((one.IsOwn && other.IsOwn) || one.Symbol is IPropertySymbol { IsOverride: false }));

    private static string AttributeOf(Named member)
        => member.Symbol is IMethodSymbol ? "Step" : member.IsParameter ? "Parameter" : "Artifact";

    private static IEnumerable<Named> MembersOf(INamedTypeSymbol type, bool isOwn)
        => FlowMembers.StepsOf(type).Select(step => new Named(FlowMembers.DiskNameOf(step), step, false, isOwn))
            .Concat(FlowMembers.PropertiesOf(type)
                .Select(property => new Named(
                    FlowMembers.DiskNameOf(property), property, FlowMembers.RoleOf(property) != PropertyRole.Artifact, isOwn)))
            .Concat(FlowMembers.ConstantsOf(type).Select(constant => new Named(FlowMembers.DiskNameOf(constant), constant, false, isOwn)));

    private sealed record Named(string Name, ISymbol Symbol, bool IsParameter, bool IsOwn);
}
