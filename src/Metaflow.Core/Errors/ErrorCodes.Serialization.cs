namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>An artifact has an encoding that no serializer here reads.</summary>
    public const string UnknownEncoding = "MF4100";

    /// <summary>The bytes of an artifact are no whole pickle.</summary>
    public const string MalformedPickle = "MF4101";

    /// <summary>A pickle uses a feature that needs the program that wrote it.</summary>
    public const string UnsupportedPickle = "MF4102";

    /// <summary>A stored value does not fit the type that it is read into.</summary>
    public const string ValueDoesNotFit = "MF4103";

    /// <summary>A value is of a type that can never be stored.</summary>
    public const string TypeCannotBeStored = "MF4104";

    /// <summary>A type that a value is read into cannot be constructed.</summary>
    public const string TypeCannotBeConstructed = "MF4105";

    /// <summary>A property or constructor of an author's type threw while a value was written or read.</summary>
    public const string MemberThrew = "MF4106";

    /// <summary>Two members of a type have the same key in a stored record.</summary>
    public const string DuplicateKey = "MF4107";

    /// <summary>A stored value has no item of an index.</summary>
    public const string NoSuchItem = "MF4108";

    /// <summary>A stored value contains itself where the type is built by its constructor.</summary>
    public const string CycleThroughConstructor = "MF4109";

    /// <summary>A value is nested more deeply than it can be converted.</summary>
    public const string NestedTooDeeply = "MF4110";

    /// <summary>An included file is no text in its encoding.</summary>
    public const string IncludedTextInvalid = "MF4111";

    /// <summary>A type has state that is not stored.</summary>
    public const string StateWouldBeLost = "MF4112";

    /// <summary>An object is of a type derived from the one that it is declared as, and would be read back as that one.</summary>
    public const string DerivedTypeWouldBeLost = "MF4113";

    /// <summary>A test found that a value is read back as another one.</summary>
    public const string ReadBackDiffers = "MF4114";

    /// <summary>A value is much longer as JSON than it is, since JSON repeats what its parts share.</summary>
    public const string JsonTooLong = "MF4115";
}
