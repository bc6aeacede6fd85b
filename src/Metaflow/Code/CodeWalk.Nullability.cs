using System.Reflection.Metadata;

namespace Metaflow.Code;

/// <content>What may be <see langword="null"/>: serializers ask it of the members that they read values into, such as whether an entry may
/// be missing. Elsewhere an annotation does nothing.</content>
internal sealed partial class CodeWalk
{
    private const string NullableFlags = "System.Runtime.CompilerServices.NullableAttribute";
    private const string NullableContext = "System.Runtime.CompilerServices.NullableContextAttribute";

    /// <summary>Returns the annotation of a member or parameter, however the compiler has shortened it.</summary>
    /// <param name="type">The type that declares it.</param>
    /// <param name="own">Its attributes.</param>
    /// <param name="method">The attributes of the method that a parameter is of; <see langword="null"/> for a member.</param>
    /// <returns>A digit for each reference type in it, or one for all; empty where nothing is annotated.</returns>
    private string NullabilityOf(
        TypeKey type, CustomAttributeHandleCollection own, CustomAttributeHandleCollection? method = null)
    {
        var found = FlagsIn(type.Assembly, own, NullableFlags)
            ?? (method is { } outer ? FlagsIn(type.Assembly, outer, NullableContext) : null);
        for (var handle = type.Handle; found is null && !handle.IsNil;)
        {
            var definition = type.Assembly.Reader.GetTypeDefinition(handle);
            found = FlagsIn(type.Assembly, definition.GetCustomAttributes(), NullableContext);
            handle = definition.GetDeclaringType();
        }

        return found ?? "";
    }

    private string? FlagsIn(AuthorAssembly assembly, CustomAttributeHandleCollection attributes, string name)
    {
        foreach (var handle in attributes)
        {
            var attribute = assembly.Reader.GetCustomAttribute(handle);
            if (TextOfConstructor(assembly, attribute.Constructor) == name)
            {
                // A prolog of two bytes; one flag, or their number in four bytes and the flags; the number of named values in two bytes.
                var values = assembly.Reader.GetBlobBytes(attribute.Value);
                var flags = values[(values.Length == 5 ? 2 : 6)..^2];
                return Convert.ToHexString(flags.Distinct().Count() == 1 ? flags[..1] : flags);
            }
        }

        return null;
    }
}
