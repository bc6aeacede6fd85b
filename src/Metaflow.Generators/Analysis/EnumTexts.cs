using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>Says which texts name a member of an enumeration, by the rule of the command line.</summary>
internal static class EnumTexts
{
    public static bool CanBeRead(string text, ITypeSymbol type)
    {
        var isFlags = type.GetAttributes().Any(static mark => mark.AttributeClass?.Name == "FlagsAttribute");
        return isFlags ? text.Split(',').All(part => IsMember(part.Trim(), type)) : IsMember(text, type);
    }

    // Case, '_' and '-' do not count where one member alone is meant.
    private static bool IsMember(string text, ITypeSymbol type)
    {
        var members = type.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue).ToList();
        if (members.Any(member => member.Name == text))
        {
            return true;
        }

        var alike = members.Where(member => string.Equals(member.Name, text, StringComparison.OrdinalIgnoreCase)).ToList();
        return IsOne(alike.Count > 0 ? alike : members.Where(member => Bare(member.Name) == Bare(text)));
    }

    private static bool IsOne(IEnumerable<IFieldSymbol> members)
        => members.Select(static member => member.ConstantValue).Distinct().Take(2).Count() == 1;

    private static string Bare(string name) => name.Replace("_", "").Replace("-", "").ToUpperInvariant();
}
