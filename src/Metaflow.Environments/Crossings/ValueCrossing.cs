using Metaflow.Environments.Checks;
using Metaflow.Naming;

namespace Metaflow.Environments.Crossings;

/// <summary>Compares the type that a value was written with and the type that it is read into, which has the same name in another version
/// of a package.</summary>
/// <remarks>The rules are those of the serializer. What they do not say for certain is not a problem here: that a number may not fit, for
/// example.</remarks>
/// <param name="written">The assemblies of the step that writes.</param>
/// <param name="read">The assemblies of the step that reads.</param>
internal sealed class ValueCrossing(StepAssemblies written, StepAssemblies read)
{
    // Shorter names are near to each other by chance; the serializer has the same rule.
    private const int ShortestToMistake = 4;

    private readonly HashSet<(string Written, string Read)> _compared = [];
    private readonly List<CrossingProblem> _problems = [];

    /// <summary>Compares two types.</summary>
    /// <param name="from">The type that is written.</param>
    /// <param name="to">The type that is read.</param>
    /// <param name="mayBeNull">Whether there may be no value.</param>
    /// <returns>The problems, the certain ones first.</returns>
    public IReadOnlyList<CrossingProblem> Compare(StoredType from, StoredType to, bool mayBeNull)
    {
        Compare(from, to, new Place("", IsCertain: true, written.Describe(from), read.Describe(to)), mayBeNull);
        return [.. _problems.OrderByDescending(static problem => problem.IsCertain)];
    }

    private void Compare(StoredType from, StoredType to, Place place, bool mayBeNull)
    {
        (var bareFrom, mayBeNull) = from.Definition == TypeForm.Nullable ? (from.Arguments[0], true) : (from, mayBeNull);
        var bareTo = to.Definition == TypeForm.Nullable ? to.Arguments[0] : to;
        place = place with { IsCertain = place.IsCertain && !(mayBeNull && (!to.IsValueType || bareTo != to)) };
        if (!_compared.Add((from.Name, to.Name)))
        {
            return;
        }

        if ((Missing(bareFrom, written) ?? Missing(bareTo, read)) is { } missing)
        {
            Add(place, missing);
            return;
        }

        var (fromForm, toForm) = (TypeForm.Of(bareFrom, written.Set), TypeForm.Of(bareTo, read.Set));
        if (fromForm.Kind == FormKind.Unknown || toForm.Kind == FormKind.Unknown)
        {
            return;
        }

        if (!Fits(fromForm, toForm, bareFrom, bareTo))
        {
            Add(place, $"In {place.Writer} it is '{from.Shown}', and in {place.Reader} it is '{to.Shown}'.");
        }
        else if (fromForm.Kind == FormKind.Enumeration && toForm.Kind == FormKind.Enumeration)
        {
            CompareNames(bareFrom, bareTo, place);
        }
        else if (fromForm.Kind == FormKind.Record && toForm.Kind == FormKind.Record)
        {
            CompareMembers(bareFrom, bareTo, place);
        }
        else if (fromForm.Kind == toForm.Kind)
        {
            CompareParts(fromForm, toForm, place);
        }
    }

    private static string? Missing(StoredType type, StepAssemblies step)
        => type.LackedBy is { } assembly ? $"{step.Describe(assembly)} has no type '{type.Shown}'." : null;

    /// <summary>Says whether a value of one form may be read into another.</summary>
    private static bool Fits(TypeForm from, TypeForm to, StoredType fromType, StoredType toType) => (from.Kind, to.Kind) switch
    {
        (FormKind.Flag, FormKind.Flag) => true,
        (FormKind.Integer, FormKind.Integer or FormKind.Float or FormKind.Decimal or FormKind.Enumeration) => true,
        (FormKind.Float, FormKind.Float) => true,
        (FormKind.Decimal, FormKind.Decimal) => true,
        (FormKind.Text or FormKind.Enumeration, FormKind.Text or FormKind.Enumeration) => true,

        // A time may be read as one of another kind.
        (FormKind.Special, FormKind.Special) => fromType.Definition == toType.Definition
            || (fromType.Definition != "System.Guid" && toType.Definition != "System.Guid"),
        _ when from.IsScalar || to.IsScalar => false,
        (FormKind.Record, FormKind.Sequence or FormKind.Tuple) => to.Kind == FormKind.Sequence && IsPair(to.Parts[0]),
        (FormKind.Sequence or FormKind.Tuple, FormKind.Record) => false,
        (FormKind.Tuple, FormKind.Tuple) => from.Parts.Count == to.Parts.Count,
        _ => true,
    };

    private static bool IsPair(StoredType type) => type.Definition == "System.Collections.Generic.KeyValuePair`2";

    private void CompareParts(TypeForm from, TypeForm to, Place place)
    {
        var isTuple = from.Kind == FormKind.Tuple;
        foreach (var (index, (fromPart, toPart)) in from.Parts.Zip(to.Parts).Index())
        {
            // A collection may be empty.
            var part = isTuple ? place.At($".Item{index + 1}") : place.At("[]") with { IsCertain = false };
            Compare(fromPart, toPart, part, mayBeNull: !fromPart.IsValueType);
        }
    }

    private void CompareNames(StoredType from, StoredType to, Place place)
    {
        var names = EnumNames.Of(to);
        var lost = EnumNames.Of(from).Select(static name => name.Name)
            .Where(name => !names.Any(other => string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase)
                || other.Former.Contains(name, StringComparer.Ordinal)))
            .Select(static name => $"'{name}'").ToList();
        if (lost.Count > 0)
        {
            Add(
                place with { IsCertain = false },
                $"'{to.Shown}' of {read.Describe(to)} has no {string.Join(", ", lost)}, which {written.Describe(from)} has.");
        }
    }

    private void CompareMembers(StoredType from, StoredType to, Place place)
    {
        var stored = RecordMembers.Of(from, written.Set);
        var construction = new RecordConstruction(to, read.Set);
        if (construction.Find() is not { } members)
        {
            Add(place, $"{read.Describe(to)} has no constructor with which a '{to.Shown}' could be read.");
            return;
        }

        place = place with { Writer = written.Describe(from), Reader = read.Describe(to) };
        foreach (var (member, mustBeStored) in members)
        {
            if (StoredFor(member, construction.Members, stored) is { } found)
            {
                Compare(found.Type, member.Type, place.At("." + member.Name), !found.Type.IsValueType && !found.IsNeverNull);
            }
            else if (mustBeStored)
            {
                Add(
                    place.At("." + member.Name),
                    $"{place.Reader} needs '{member.Key}' of '{to.Shown}', which {place.Writer} does not have.");
            }
            else if (MistakenFor(member, construction.Members, stored) is { } near)
            {
                Add(
                    place.At("." + member.Name),
                    $"{place.Writer} has '{near}' in '{to.Shown}', and {place.Reader} has '{member.Key}' in its place: a "
                        + "member that seems to be renamed is not taken for a new one.");
            }
        }
    }

    private static RecordMember? StoredFor(
        RecordMember member, IReadOnlyList<RecordMember> members, IReadOnlyList<RecordMember> stored)
        => stored.FirstOrDefault(each => each.Key == member.Key)
            ?? stored.FirstOrDefault(each => string.Equals(each.Key, member.Name, StringComparison.OrdinalIgnoreCase))
            ?? stored.FirstOrDefault(
                each => member.FormerKeys.Contains(each.Key) && !members.Any(other => other.Key == each.Key));

    private static string? MistakenFor(
        RecordMember member, IReadOnlyList<RecordMember> members, IReadOnlyList<RecordMember> stored)
        => member.Key.Length < ShortestToMistake ? null : ClosestName.Find(
            member.Key,
            stored.Select(static each => each.Key).Where(key => !members.Any(other => other.Key == key
                || string.Equals(other.Name, key, StringComparison.OrdinalIgnoreCase) || other.FormerKeys.Contains(key))));

    private void Add(Place place, string reason) => _problems.Add(new CrossingProblem(place.Member, reason, place.IsCertain));

    private sealed record Place(string Member, bool IsCertain, string Writer, string Reader)
    {
        public Place At(string part) => this with { Member = Member + part };
    }
}
